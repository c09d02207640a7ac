// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/resume_state.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "file_size_limit.h"
#include "resume/resume_lines.h"
#include "temporary_directory.h"

namespace espcap::resume {
namespace {

using espcap::testing::FileSizeLimit;
using espcap::testing::ReadWhole;
using espcap::testing::TemporaryDirectory;

constexpr std::string_view kPurpose = "node http://localhost:9200, filter dns";

Fingerprint Numbered(uint32_t number) {
  Fingerprint fingerprint{};
  for (size_t byte = 0; byte < sizeof(number); ++byte) {
    fingerprint.at(byte) = static_cast<uint8_t>(number >> 8 * byte);
  }
  return fingerprint;
}

std::string Head() { return std::string(kResumeFirstLine) + '\n' + PurposeLine(kPurpose) + '\n'; }
std::string Line(uint32_t number) { return SettledLine({Numbered(number)}, "capture"); }

Result<void> Record(ResumeState& state, const Fingerprint& fingerprint, std::string_view name) {
  if (!state.Add(fingerprint)) return {};
  return state.Write({fingerprint, false}, name);
}

class ResumeStateTest : public ::testing::Test {
 protected:
  std::unique_ptr<ResumeState> Open() const {
    auto state = ResumeState::Open(path_, kPurpose);
    if (!state) throw std::runtime_error(state.error().message);
    return std::move(*state);
  }

  [[nodiscard]] std::string ErrorOf(const std::string& path,
                                    std::string_view purpose = kPurpose) const {
    const auto state = ResumeState::Open(path, purpose);
    return state ? "opened" : state.error().message;
  }

  const TemporaryDirectory directory_;
  const std::string path_ = directory_.Path("state");
};

TEST_F(ResumeStateTest, KnowsWhatEarlierRunsSettled) {
  {
    const auto state = Open();
    EXPECT_FALSE(state->Contains(Numbered(1)));
    ASSERT_TRUE(Record(*state, Numbered(1), "a.pcap"));
    EXPECT_TRUE(state->Contains(Numbered(1)));
    ASSERT_TRUE(Record(*state, Numbered(2), "b.pcap"));
    EXPECT_EQ(ReadWhole(path_),  // nothing is held back
              Head() + SettledLine({Numbered(1)}, "a.pcap") + SettledLine({Numbered(2)}, "b.pcap"));
  }
  const auto state = Open();
  EXPECT_FALSE(state->was_torn());
  EXPECT_EQ(state->size(), 2U);
  EXPECT_TRUE(state->Contains(Numbered(1)));
  EXPECT_TRUE(state->Contains(Numbered(2)));
  EXPECT_FALSE(state->Contains(Numbered(3)));
  ASSERT_TRUE(Record(*state, Numbered(3), "c.pcap"));
  EXPECT_EQ(ReadWhole(path_).size(), Head().size() + 3 * SettledLine({}, "a.pcap").size());
}

TEST_F(ResumeStateTest, ACaptureIsRecordedOnce) {
  const auto state = Open();
  ASSERT_TRUE(Record(*state, Numbered(1), "a.pcap"));
  ASSERT_TRUE(Record(*state, Numbered(1), "a copy of a.pcap"));
  EXPECT_EQ(ReadWhole(path_), Head() + SettledLine({Numbered(1)}, "a.pcap"));
  EXPECT_EQ(state->size(), 1U);
}

TEST_F(ResumeStateTest, AnEmptyFileIsANewOne) {
  directory_.Write("state", "");
  EXPECT_EQ(Open()->size(), 0U);
  EXPECT_EQ(ReadWhole(path_), Head());
}

TEST_F(ResumeStateTest, ALinkLeadsToTheFile) {
  std::filesystem::create_directory(directory_.Path("elsewhere"));
  std::filesystem::create_symlink("elsewhere/target", path_);
  ASSERT_TRUE(Record(*Open(), Numbered(1), "a.pcap"));
  EXPECT_EQ(Open()->size(), 1U);
  EXPECT_TRUE(std::filesystem::is_regular_file(directory_.Path("elsewhere/target")));
}

// Many blocks of it, lines across their ends among them.
TEST_F(ResumeStateTest, AnyNumberOfLinesIsRead) {
  constexpr uint32_t kCaptures = 20'000;
  std::string text = Head();
  for (uint32_t number = 0; number < kCaptures; ++number) {
    text += SettledLine({Numbered(number)}, std::string(number % 97, 'n'));
  }
  text += SettledLine({Numbered(kCaptures)}, std::string(kMaxResumeNameBytes, '\n'));
  directory_.Write("state", text);
  const auto state = Open();
  EXPECT_EQ(state->size(), kCaptures + 1);
  for (uint32_t number = 0; number <= kCaptures; ++number) {
    ASSERT_TRUE(state->Contains(Numbered(number))) << number;
  }
  ASSERT_TRUE(Record(*state, Numbered(kCaptures + 1), "capture"));
  EXPECT_EQ(ReadWhole(path_), text + Line(kCaptures + 1));
}

TEST_F(ResumeStateTest, ABlocksEndMayBeAnywhereInALine) {
  constexpr size_t kBlock = size_t{1} << 16U;
  std::string text = Head();
  for (uint32_t number = 100; text.size() + 2 * Line(0).size() < kBlock; ++number) {
    text += Line(number);
  }
  const size_t before = kBlock - text.size() - SettledLine({}, "").size();
  for (size_t longer = 0; longer <= Line(0).size(); ++longer) {
    SCOPED_TRACE(longer);
    const std::string name(before + longer, 'n');
    directory_.Write("state", text + SettledLine({Numbered(1)}, name) + Line(2));
    const auto state = Open();
    EXPECT_TRUE(state->Contains(Numbered(1)));
    EXPECT_TRUE(state->Contains(Numbered(2)));
  }
}

TEST_F(ResumeStateTest, TheLongestLineMayLieAcrossABlocksEnd) {
  constexpr size_t kBlock = size_t{1} << 16U;
  std::string text = Head();
  while (text.size() + kMaxResumeLineBytes - 50 < kBlock) text += Line(1);
  const std::string longest = SettledLine({Numbered(2)}, std::string(kMaxResumeNameBytes, '\n'));
  directory_.Write("state", text + longest + Line(3));
  EXPECT_EQ(Open()->size(), 3U);
}

TEST_F(ResumeStateTest, ALineThatACrashCutOffIsCutAway) {
  const std::string last = Line(2);
  for (size_t bytes = 1; bytes < last.size(); ++bytes) {
    SCOPED_TRACE(bytes);
    directory_.Write("state", Head() + Line(1) + last.substr(0, bytes));
    const auto state = Open();
    EXPECT_TRUE(state->was_torn());
    EXPECT_EQ(ReadWhole(path_), Head() + Line(1));
    EXPECT_TRUE(state->Contains(Numbered(1)));
    EXPECT_FALSE(state->Contains(Numbered(2)));
    ASSERT_TRUE(Record(*state, Numbered(3), "capture"));
    EXPECT_EQ(ReadWhole(path_), Head() + Line(1) + Line(3));
  }
}

TEST_F(ResumeStateTest, AHeadThatACrashCutOffIsWrittenAgain) {
  const std::string head = Head();
  for (size_t bytes = 1; bytes < head.size(); ++bytes) {
    SCOPED_TRACE(bytes);
    directory_.Write("state", head.substr(0, bytes));
    EXPECT_TRUE(Open()->was_torn());
    EXPECT_EQ(ReadWhole(path_), head);
  }
}

TEST_F(ResumeStateTest, ADamagedLineIsNamedAndNothingIsChanged) {
  const std::string damaged[] = {"\n", "nonsense\n", Line(2).substr(1),
                                 std::string(100, '\0') + '\n',
                                 std::string(2 * kMaxResumeLineBytes, 'x')};
  for (const std::string& line : damaged) {
    const std::string text = Head() + Line(1) + line + Line(3);
    directory_.Write("state", text);
    EXPECT_EQ(ErrorOf(path_), "read resume state " + path_ +
                                  ": line 4 is damaged; delete that line (its capture is then read "
                                  "again), or the file to begin again");
    EXPECT_EQ(ReadWhole(path_), text);
  }
}

TEST_F(ResumeStateTest, OtherOptionsAreAnErrorThatSaysWhatToDo) {
  ASSERT_TRUE(Record(*Open(), Numbered(1), "a.pcap"));
  const std::string before = ReadWhole(path_);
  EXPECT_EQ(ErrorOf(path_, "node http://localhost:9200, filter tcp"),
            "open resume state " + path_ +
                ": made by a run with other options (destination, filter, …); use another file, or "
                "delete it to begin again");
  EXPECT_EQ(ReadWhole(path_), before);
}

TEST_F(ResumeStateTest, AFileThatIsSomethingElseIsLeftAsItIs) {
  const std::string other = ": it is something else, and left as it is; use another file";
  const std::pair<std::string, std::string> cases[] = {
      {"h", other},
      {"{\"index\":{}}\n", other},
      {std::string("\xD4\xC3\xB2\xA1\0\0", 6), other},
      {std::string(1'000'000, 'e'), other},
      {std::string(kResumeFirstLine) + "\r\n",
       ": written by another version of espcap; use another file"},
      {"espcap resume state 2\n" + Line(1),
       ": written by another version of espcap; use another file"},
  };
  for (const auto& [text, message] : cases) {
    directory_.Write("state", text);
    EXPECT_EQ(ErrorOf(path_), "open resume state " + path_ + message);
    EXPECT_EQ(ReadWhole(path_), text);
  }
}

TEST_F(ResumeStateTest, APathThatCantBeOpenedIsAnErrorThatNamesIt) {
  ASSERT_EQ(::mkfifo(directory_.Path("fifo").c_str(), 0600), 0);
  const std::pair<std::string, std::string> cases[] = {
      {directory_.Path("missing/state"), "No such file or directory"},
      {directory_.Path(), "Is a directory"},
      {directory_.Path("fifo"), "not a regular file"},
      {"/dev/null", "not a regular file"},
      {"", "No such file or directory"},
  };
  for (const auto& [path, reason] : cases) {
    EXPECT_EQ(ErrorOf(path), "open resume state " + path + ": " + reason);
  }
}

TEST_F(ResumeStateTest, AFileThatCantBeWrittenIsAnErrorThatNamesIt) {
  directory_.Write("state", Head());
  std::filesystem::permissions(path_, std::filesystem::perms(0444));
  std::filesystem::permissions(directory_.Path(), std::filesystem::perms(0755));
  const uid_t user = ::geteuid();
  constexpr uid_t kNobody = 65534;
  if (user == 0) {  // root writes everything
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const std::string error = ErrorOf(path_);
  ASSERT_EQ(::seteuid(user), 0);
  EXPECT_EQ(error, "open resume state " + path_ + ": Permission denied");
}

TEST_F(ResumeStateTest, IsOneRunsAtATime) {
  auto first = Open();
  EXPECT_EQ(ErrorOf(path_), "open resume state " + path_ +
                                ": it is in use by another espcap; let that one end first");
  ASSERT_TRUE(Record(*first, Numbered(1), "a.pcap"));
  first.reset();
  EXPECT_EQ(Open()->size(), 1U);
}

TEST_F(ResumeStateTest, AFullDiskLeavesWholeLinesAndIsNoEnd) {
  for (size_t bytes = 0; bytes < Line(2).size(); ++bytes) {
    SCOPED_TRACE(bytes);
    std::filesystem::remove(path_);
    const std::string whole = Head() + Line(1);
    const auto state = Open();
    ASSERT_TRUE(Record(*state, Numbered(1), "capture"));
    {
      const FileSizeLimit limit(whole.size() + bytes);
      const auto recorded = state->Write({Numbered(2)}, "capture");
      ASSERT_FALSE(recorded);
      EXPECT_EQ(recorded.error().message, "write resume state " + path_ + ": File too large");
    }
    EXPECT_EQ(ReadWhole(path_), whole);
    EXPECT_FALSE(state->Contains(Numbered(2)));
    ASSERT_TRUE(Record(*state, Numbered(2), "capture"));
    EXPECT_EQ(ReadWhole(path_), whole + Line(2));
  }
}

TEST_F(ResumeStateTest, AHeadThatFindsNoRoomLeavesAnEmptyFile) {
  {
    const FileSizeLimit limit(10);
    EXPECT_EQ(ErrorOf(path_), "write resume state " + path_ + ": File too large");
  }
  EXPECT_EQ(ReadWhole(path_), "");
  EXPECT_FALSE(Open()->was_torn());
}

// A run that is killed at any instant: what it was told to be recorded is there, and the next run
// gets the file at once.
TEST_F(ResumeStateTest, WhatWasRecordedOutlivesAKill) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t run = ::fork();
  if (run == 0) {
    const auto state = Open();
    for (uint32_t number = 0;; ++number) {
      if (!Record(*state, Numbered(number), "capture")) ::_exit(1);
      if (::write(ends[1], &number, sizeof(number)) != sizeof(number)) ::_exit(2);
    }
  }
  ::close(ends[1]);
  uint32_t last = 0;
  while (last < 20) ASSERT_EQ(::read(ends[0], &last, sizeof(last)), ssize_t{sizeof(last)});
  ASSERT_EQ(::kill(run, SIGKILL), 0);
  while (::read(ends[0], &last, sizeof(last)) == ssize_t{sizeof(last)}) continue;
  ::close(ends[0]);
  int status = 0;
  ASSERT_EQ(::waitpid(run, &status, 0), run);
  ASSERT_TRUE(WIFSIGNALED(status));
  const auto state = Open();
  for (uint32_t number = 0; number <= last; ++number)
    EXPECT_TRUE(state->Contains(Numbered(number)));
  EXPECT_LE(state->size(), size_t{last} + 2);
}

}  // namespace
}  // namespace espcap::resume
