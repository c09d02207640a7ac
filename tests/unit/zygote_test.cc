// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/zygote.h"

#include <gtest/gtest.h>
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

// By which it could say in the zygote's name which processes there are.
TEST(Zygote, AWorkerHasNoSocketButItsOwn) {
  const auto zygote = Start([](const Job& /*job*/, const Channel& channel) {
    const std::filesystem::directory_iterator entries("/proc/self/fd");
    const auto sockets = std::count_if(begin(entries), end(entries), [](const auto& entry) {
      std::error_code gone;
      return std::filesystem::read_symlink(entry.path(), gone).native().starts_with("socket:");
    });
    static_cast<void>(channel.Send(static_cast<int>(sockets)));
  });
  const auto channel = zygote->Fork({});
  ASSERT_TRUE(channel);
  EXPECT_EQ(channel->Receive<int>(), 1);
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
