// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/zygote.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace espcap::process {
namespace {

std::unique_ptr<Zygote> Start(std::function<void(const Job&, Channel)> work) {
  auto zygote =
      Zygote::Start({"espcap-zygote", [](const auto& /*send_log*/) { return Result<void>(); },
                     std::move(work), false},
                    [](const LogMessage& /*message*/) {});
  if (!zygote) throw std::runtime_error(zygote.error().message);
  return std::move(*zygote);
}

WorkerReport ReportOf(Zygote& zygote, WorkerReport::Kind kind) {
  for (;;) {
    const auto report = zygote.Receive();
    if (!report) throw std::runtime_error("the zygote has ended");
    if (report->kind == kind) return *report;
  }
}

// It must not unwind into what it is a copy of.
TEST(Zygote, AnExceptionEndsTheWorkerAlone) {
  const auto zygote = Start([](const Job& job, const Channel& /*channel*/) {
    if (job.shard == 0) throw std::runtime_error("a worker's");
  });
  Job job;
  for (const uint32_t shard : {0U, 1U, 0U}) {
    job.shard = shard;
    const auto channel = zygote->Fork(job);
    ASSERT_TRUE(channel) << channel.error().message;
    const int status = ReportOf(*zygote, WorkerReport::Kind::kEnded).wait_status;
    if (shard == 0) {
      EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) << status;
    } else {
      EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    }
  }
}

int CountSockets() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  const auto sockets = std::count_if(begin(entries), end(entries), [](const auto& entry) {
    std::error_code gone;
    return std::filesystem::read_symlink(entry.path(), gone).native().starts_with("socket:");
  });
  return static_cast<int>(sockets);
}

// By which it could say in the zygote's name which processes there are.
TEST(Zygote, AWorkerHasNoSocketButItsOwn) {
  const auto zygote = Start([](const Job& /*job*/, const Channel& channel) {
    static_cast<void>(channel.Send(CountSockets()));
  });
  const auto channel = zygote->Fork({});
  ASSERT_TRUE(channel);
  EXPECT_EQ(channel->Receive<int>(), 1);
}

std::string ReplyOf(ReplyReader& reader) {
  reader.Ask();
  for (;;) {
    pollfd wait{reader.fd(), POLLIN, 0};
    ::poll(&wait, 1, -1);
    const auto reply = reader.Collect();
    if (reply) return *reply ? **reply : "error: " + reply->error().message;
  }
}

std::string ReplyOf(const Zygote& zygote) {
  auto reader = zygote.OpenReply();
  return reader ? ReplyOf(*reader) : reader.error().message;
}

// It replies by a process that has its socket alone, and goes on whatever becomes of that one.
TEST(Zygote, RepliesByAProcessOfItsOwn) {
  Result<std::string> text = std::string();
  bool dies = false;
  const auto start = [&] {
    Zygote::Roles roles;
    roles.name = "espcap-zygote";
    roles.prepare = [](const auto& /*send_log*/) { return Result<void>(); };
    roles.work = [](const Job& /*job*/, const Channel& /*channel*/) {};
    roles.reply = [&]() -> Result<std::string> {
      if (dies) throw std::runtime_error("a replier's");
      if (text) return fmt::format("{} {} {}", CountSockets(), ::getppid(), *text);
      return text;
    };
    return Zygote::Start(roles, [](const LogMessage& /*message*/) {}).value();
  };
  text = std::string(300'000, 'x');
  const auto zygote = start();
  const std::string first = ReplyOf(*zygote);
  EXPECT_TRUE(first.starts_with("1 ") && first.ends_with(' ' + *text)) << first.substr(0, 100);
  EXPECT_FALSE(first.starts_with(fmt::format("1 {} ", ::getpid())));
  EXPECT_EQ(ReplyOf(*zygote), first);
  // Nobody is told of it as of a worker.
  ASSERT_TRUE(zygote->Fork({}));
  EXPECT_EQ(zygote->Receive()->kind, WorkerReport::Kind::kStarted);

  // Also where the zygote is gone by then, which doesn't wait for it.
  auto ended = start();
  auto reader = ended->OpenReply();
  ASSERT_TRUE(reader);
  ended.reset();
  EXPECT_TRUE(ReplyOf(*reader).ends_with(' ' + *text));

  text = Fail("no fields");
  EXPECT_EQ(ReplyOf(*start()), "error: no fields");
  dies = true;
  const auto shaken = start();
  EXPECT_EQ(ReplyOf(*shaken), "error: a process ended before it had said all");
  EXPECT_TRUE(shaken->Fork({}));
}

TEST(Job, ANameThatIsTooLongIsCut) {
  Job job;
  job.SetPath(std::string(3 * PATH_MAX, 'x'));
  EXPECT_EQ(std::string(job.path.data()), std::string(PATH_MAX - 1, 'x'));
  job.SetPath("a.pcap");
  EXPECT_EQ(std::string(job.path.data()), "a.pcap");
}

}  // namespace
}  // namespace espcap::process
