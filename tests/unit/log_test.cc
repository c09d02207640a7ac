// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/event_loop.h"
#include "base/file_descriptor.h"
#include "redirected_descriptor.h"
#include "temporary_directory.h"

namespace espcap::telemetry {
namespace {

std::string StandardErrorOf(const std::function<void()>& action) {
  const testing::TemporaryDirectory directory;
  {
    const testing::RedirectedDescriptor error(STDERR_FILENO, directory.Path("stderr"),
                                              O_WRONLY | O_CREAT);
    action();
  }
  return testing::ReadWhole(directory.Path("stderr"));
}

TEST(Log, ShowsWhatItsVerbosityAsksFor) {
  struct Case {
    Verbosity verbosity;
    const char* shown;
  };
  const Case cases[] = {
      {Verbosity::kQuiet, "espcap: error: e\nespcap: warning: w\n"},
      {Verbosity::kNormal, "espcap: error: e\nespcap: warning: w\nespcap: i\n"},
      {Verbosity::kVerbose, "espcap: error: e\nespcap: warning: w\nespcap: i\nespcap: v\n"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(StandardErrorOf([&c] {
                Log log(c.verbosity);
                log.Error("e");
                log.Warning("w");
                log.Info("i");
                log.Verbose("v");
              }),
              c.shown);
  }
}

// Messages carry file names and servers' words: no format strings.
TEST(Log, TakesMessagesAsTheyAre) {
  EXPECT_EQ(StandardErrorOf([] { Log(Verbosity::kNormal).Error("{} {0} %s %v"); }),
            "espcap: error: {} {0} %s %v\n");
}

TEST(Log, CountsErrorsOnly) {
  static_cast<void>(StandardErrorOf([] {
    Log log(Verbosity::kVerbose);
    log.Warning("w");
    log.Info("i");
    log.Verbose("v");
    EXPECT_EQ(log.errors(), 0U);
    log.Error("e");
    EXPECT_EQ(log.errors(), 1U);
  }));
}

TEST(Log, OneMessageIsOneLineThatATerminalPrints) {
  EXPECT_EQ(StandardErrorOf([] { Log(Verbosity::kNormal).Error("\x1b[2J.pcap: a\nb \xff"); }),
            "espcap: error: \\x1b[2J.pcap: a\\x0ab \\xff\n");
}

TEST(Log, CutsALongMessage) {
  EXPECT_EQ(StandardErrorOf([] { Log(Verbosity::kNormal).Error(std::string(10000, 'x')); }),
            "espcap: error: " + std::string(8192, 'x') + "... (1808 more bytes)\n");
}

TEST(Log, ALineTakesThePlaceOfTheProgress) {
  EXPECT_EQ(StandardErrorOf([] {
              Log log(Verbosity::kNormal);
              log.ClearProgress();
              log.ShowProgress("10 %");
              log.Verbose("not shown");
              log.Info("a");
              log.Info("b");
              log.ShowProgress("20 %");
              log.ClearProgress();
              log.ClearProgress();
            }),
            "\r\x1b[K10 %\r\x1b[Kespcap: a\nespcap: b\n\r\x1b[K20 %\r\x1b[K");
}

TEST(Log, SaysHowManyOfAKindWereLeftOut) {
  std::string expected = "espcap: error: refused 0\n";
  for (int i = 1; i < 10; ++i) expected += fmt::format("espcap: error: refused {}\n", i);
  expected += "espcap: warning: another kind\n";
  expected += "espcap: error: another level\n";
  expected += "espcap: error: 990 more messages about documents were left out\n";
  EXPECT_EQ(StandardErrorOf([] {
              Log log(Verbosity::kNormal);
              const RateLimited refused(log, Log::Level::kError, "documents");
              for (int i = 0; i < 1000; ++i) refused.Report("refused " + std::to_string(i));
              log.WriteLimited(Log::Level::kWarning, "documents", "another kind");
              log.WriteLimited(Log::Level::kError, "captures", "another level");
              log.WriteLeftOutCounts();
              log.WriteLeftOutCounts();
              EXPECT_EQ(log.errors(), 1001U);
            }),
            expected);
}

class LogThreadTest : public ::testing::Test {
 protected:
  std::unique_ptr<base::EventLoop> loop_ = base::EventLoop::Create().value();
};

TEST_F(LogThreadTest, WritesInOrderAndAllThatWaits) {
  std::string expected;
  for (int i = 0; i < 500; ++i) expected += fmt::format("espcap: {}\n", i);
  EXPECT_EQ(StandardErrorOf([this] {
              Log log(Verbosity::kNormal);
              ASSERT_TRUE(log.BeginThread(*loop_));
              for (int i = 0; i < 499; ++i) log.Info(std::to_string(i));
              log.Flush(std::chrono::seconds(10));
              log.Info("499");
            }),
            expected);
}

// A pipe in place of standard error.
class FullPipe {
 public:
  explicit FullPipe(int flags) : saved_(::dup(STDERR_FILENO)) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reader_ = base::FileDescriptor(ends[0]);
    writer_ = base::FileDescriptor(ends[1]);
    EXPECT_EQ(::fcntl(ends[1], F_SETFL, flags), 0);
    EXPECT_EQ(::fcntl(ends[1], F_SETPIPE_SZ, 4096), 4096);
    EXPECT_GE(::dup2(ends[1], STDERR_FILENO), 0);
  }
  ~FullPipe() {
    ::dup2(saved_, STDERR_FILENO);
    ::close(saved_);
  }
  FullPipe(const FullPipe&) = delete;
  FullPipe& operator=(const FullPipe&) = delete;

  [[nodiscard]] int flags() const { return ::fcntl(writer_.get(), F_GETFL); }
  // The lines that are read until one is this.
  [[nodiscard]] std::vector<std::string> ReadUntil(const std::string& last) const {
    std::string text;
    std::array<char, 1000> piece{};
    while (!text.ends_with(last + '\n')) {
      const ssize_t bytes = ::read(reader_.get(), piece.data(), piece.size());
      if (bytes <= 0) break;
      text.append(piece.data(), static_cast<size_t>(bytes));
    }
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }

 private:
  int saved_;
  base::FileDescriptor reader_;
  base::FileDescriptor writer_;
};

// As a terminal that ^S has stopped.
TEST_F(LogThreadTest, AReaderWhoStallsHoldsUpNobodyAndIsGivenUp) {
  const FullPipe pipe(0);
  Log log(Verbosity::kNormal);
  ASSERT_TRUE(log.BeginThread(*loop_));
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 5000; ++i) log.Info(std::string(100, 'x'));
  log.Flush(std::chrono::milliseconds(100));
  log.Info("this isn't written");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

// In the place of what was left out, and without a later message.
TEST_F(LogThreadTest, ASlowReaderIsToldWhatWasLeftOut) {
  const FullPipe pipe(0);
  Log log(Verbosity::kNormal);
  ASSERT_TRUE(log.BeginThread(*loop_));
  for (int i = 0; i < 5000; ++i) log.Info(std::to_string(i));
  EXPECT_EQ(pipe.ReadUntil("espcap: 1023").size(), 1024U);
  // Once the loop hears that they are written.
  loop_->RunOnce(std::chrono::steady_clock::now() + std::chrono::seconds(10));
  EXPECT_EQ(pipe.ReadUntil("espcap: warning: 3976 messages were left out: standard error accepts "
                           "them too slowly")
                .size(),
            1U);
  log.Info("late");
  EXPECT_EQ(pipe.ReadUntil("espcap: late").size(), 1U);
}

// As a program that runs espcap with such a standard error: its flags stay, and nothing is lost.
TEST_F(LogThreadTest, AStandardErrorThatNeverWaitsLosesNothing) {
  const FullPipe pipe(O_NONBLOCK);
  const int flags = pipe.flags();
  Log log(Verbosity::kNormal);
  ASSERT_TRUE(log.BeginThread(*loop_));
  for (int i = 0; i < 1000; ++i) log.Info(fmt::format("{:100}", i));
  EXPECT_EQ(pipe.ReadUntil(fmt::format("espcap: {:100}", 999)).size(), 1000U);
  EXPECT_EQ(pipe.flags(), flags);
}

}  // namespace
}  // namespace espcap::telemetry
