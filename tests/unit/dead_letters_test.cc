// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/dead_letters.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "as_nobody.h"
#include "dead_letter_files.h"
#include "file_size_limit.h"
#include "synced_files.h"

namespace espcap::sink {
namespace {

using espcap::testing::AppendLetters;
using espcap::testing::AsNobody;
using espcap::testing::FileSizeLimit;
using espcap::testing::LetterLines;
using espcap::testing::NumberedLetter;
using espcap::testing::OpenLetters;
using espcap::testing::ReadWhole;
using espcap::testing::SyncsOf;
using espcap::testing::TemporaryDirectory;

class DeadLettersTest : public ::testing::Test {
 protected:
  static std::string ErrorOfOpen(const std::string& path) {
    const auto letters = DeadLetters::Open(path, UINT64_MAX, espcap::testing::KeepWaiting());
    return letters ? "opened" : letters.error().message;
  }

  const TemporaryDirectory directory_;
  const std::string path_ = directory_.Path("letters.ndjson");
};

TEST_F(DeadLettersTest, TheFirstLetterMakesTheFileForItsOwner) {
  auto letters = OpenLetters(path_);
  EXPECT_TRUE(letters.Sync());
  EXPECT_TRUE(letters.Append({}));
  EXPECT_FALSE(std::filesystem::exists(path_));
  AppendLetters(letters, 1, 3);
  EXPECT_EQ(ReadWhole(path_), LetterLines(1, 3));
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  AppendLetters(letters, 4, 4);
  EXPECT_TRUE(letters.Sync());
  EXPECT_EQ(ReadWhole(path_), LetterLines(1, 4));
}

TEST_F(DeadLettersTest, WhatIsAppendedIsSynced) {
  auto letters = OpenLetters(path_);
  AppendLetters(letters, 1, 1);
  const unsigned before = SyncsOf(path_);
  EXPECT_TRUE(letters.Sync());
  EXPECT_EQ(SyncsOf(path_), before + 1);
  EXPECT_TRUE(letters.Sync());  // nothing new
  EXPECT_EQ(SyncsOf(path_), before + 1);
  AppendLetters(letters, 2, 3);
  EXPECT_TRUE(letters.Sync());
  EXPECT_EQ(SyncsOf(path_), before + 2);
}

TEST_F(DeadLettersTest, WhatIsThereStays) {
  directory_.Write("letters.ndjson", LetterLines(1, 2));
  auto letters = OpenLetters(path_);
  AppendLetters(letters, 3, 3);
  EXPECT_EQ(ReadWhole(path_), LetterLines(1, 3));
}

TEST_F(DeadLettersTest, ALineThatWasCutOffDoesntTakeTheNextWithIt) {
  directory_.Write("letters.ndjson", LetterLines(1, 1) + "{\"time\":\"20");
  auto letters = OpenLetters(path_);
  AppendLetters(letters, 2, 2);
  EXPECT_EQ(ReadWhole(path_), LetterLines(1, 1) + "{\"time\":\"20\n" + LetterLines(2, 2));
}

TEST_F(DeadLettersTest, APlaceThatCantWorkIsSaidAtOnce) {
  EXPECT_EQ(ErrorOfOpen(directory_.Path()),
            "open dead letters " + directory_.Path() + ": not a regular file");
  const std::string nowhere = directory_.Path("no/such");
  EXPECT_EQ(ErrorOfOpen(nowhere), "open dead letters " + nowhere + ": No such file or directory");
  ASSERT_EQ(::chmod(directory_.Path().c_str(), 0755), 0);
  directory_.Write("readonly", "");
  ASSERT_EQ(::chmod(directory_.Path("readonly").c_str(), 0444), 0);
  std::filesystem::create_directory(directory_.Path("folder"));
  ASSERT_EQ(::chmod(directory_.Path("folder").c_str(), 0555), 0);
  std::filesystem::create_directory(directory_.Path("closed"));
  ASSERT_EQ(::chmod(directory_.Path("closed").c_str(), 0700), 0);
  const AsNobody nobody;
  EXPECT_EQ(ErrorOfOpen(directory_.Path("readonly")),
            "open dead letters " + directory_.Path("readonly") + ": Permission denied");
  EXPECT_EQ(ErrorOfOpen(directory_.Path("folder/new")),
            "open dead letters " + directory_.Path("folder/new") + ": Permission denied");
  EXPECT_EQ(ErrorOfOpen(directory_.Path("closed/new")),
            "open dead letters " + directory_.Path("closed/new") + ": Permission denied");
}

TEST_F(DeadLettersTest, AFullDiskLeavesNoHalfLine) {
  const std::string whole = LetterLines(1, 2);
  directory_.Write("letters.ndjson", whole);
  auto letters = OpenLetters(path_);
  const std::vector<DeadLetter> more = {NumberedLetter(3), NumberedLetter(4)};
  const size_t bytes = LetterLines(3, 4).size();
  for (size_t room = 0; room < bytes; room += 3) {
    const FileSizeLimit limit(whole.size() + room);
    const auto appended = letters.Append(more);
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().message, "write dead letters " + path_ + ": File too large");
    ASSERT_EQ(ReadWhole(path_), whole);
  }
  AppendLetters(letters, 3, 4);
  EXPECT_EQ(ReadWhole(path_), LetterLines(1, 4));
}

TEST_F(DeadLettersTest, AFullFileGetsWhatThereIsRoomFor) {
  const uint64_t three = LetterLines(1, 3).size();
  auto letters = OpenLetters(path_, three + 1);
  AppendLetters(letters, 1, 2);
  const std::vector<DeadLetter> more = {NumberedLetter(3), NumberedLetter(4)};
  EXPECT_EQ(letters.Append(more).value(), 1U);
  EXPECT_EQ(letters.Append(std::span(more).subspan(1)).value(), 0U);
  EXPECT_EQ(ReadWhole(path_), LetterLines(1, 3));
  // As a resend that has sent them all.
  std::filesystem::resize_file(path_, 0);
  EXPECT_EQ(letters.Append(more).value(), 2U);
  EXPECT_EQ(ReadWhole(path_), LetterLines(3, 4));
}

TEST_F(DeadLettersTest, AFileThatWasReplacedIsFoundAgain) {
  auto letters = OpenLetters(path_);
  AppendLetters(letters, 1, 1);
  directory_.Write("other", LetterLines(9, 9));
  std::filesystem::rename(directory_.Path("other"), path_);
  AppendLetters(letters, 2, 2);
  EXPECT_EQ(ReadWhole(path_), LetterLines(9, 9) + LetterLines(2, 2));
  std::filesystem::remove(path_);
  AppendLetters(letters, 3, 3);
  EXPECT_EQ(ReadWhole(path_), LetterLines(3, 3));
  EXPECT_TRUE(letters.Sync());
}

TEST_F(DeadLettersTest, ALinkLeadsToTheFile) {
  std::filesystem::create_directory(directory_.Path("elsewhere"));
  std::filesystem::create_symlink("elsewhere/target", path_);
  auto letters = OpenLetters(path_);
  AppendLetters(letters, 1, 1);
  EXPECT_TRUE(letters.Sync());
  EXPECT_EQ(ReadWhole(directory_.Path("elsewhere/target")), LetterLines(1, 1));
}

// While another process has the lock and puts another file there, an append waits, and goes there.
TEST_F(DeadLettersTest, AnAppendWaitsForTheLock) {
  auto letters = OpenLetters(path_);
  AppendLetters(letters, 1, 1);
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t other = ::fork();
  if (other == 0) {
    const base::FileDescriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (::flock(file.get(), LOCK_EX) != 0 || ::write(ready[1], "y", 1) != 1) ::_exit(1);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    directory_.Write("other", LetterLines(9, 9));
    std::filesystem::rename(directory_.Path("other"), path_);
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  AppendLetters(letters, 2, 2);
  EXPECT_EQ(ReadWhole(path_), LetterLines(9, 9) + LetterLines(2, 2));
  int status = 0;
  ASSERT_EQ(::waitpid(other, &status, 0), other);
  EXPECT_EQ(status, 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(DeadLettersTest, ManyProcessesAppendWholeLines) {
  constexpr uint32_t kProcesses = 4;
  constexpr uint32_t kAppends = 200;
  std::vector<pid_t> children;
  for (uint32_t process = 0; process < kProcesses; ++process) {
    children.push_back(::fork());
    if (children.back() != 0) continue;
    auto letters = OpenLetters(path_);
    for (uint32_t append = 0; append < kAppends; ++append) {
      const uint32_t number = process * 10'000 + append * 2;
      AppendLetters(letters, number, number + 1);
    }
    ::_exit(0);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
  }
  const std::string text = ReadWhole(path_);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), kProcesses * kAppends * 2);
  for (uint32_t process = 0; process < kProcesses; ++process) {
    for (uint32_t append = 0; append < kAppends; ++append) {
      const uint32_t number = process * 10'000 + append * 2;
      ASSERT_NE(text.find(LetterLines(number, number + 1)), std::string::npos) << number;
    }
  }
}

}  // namespace
}  // namespace espcap::sink
