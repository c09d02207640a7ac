// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/dead_letter_resend.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <memory>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../support/random_seed.h"
#include "as_nobody.h"
#include "dead_letter_files.h"
#include "file_size_limit.h"

namespace espcap::sink {
namespace {

using espcap::testing::AppendLetters;
using espcap::testing::AsNobody;
using espcap::testing::FileSizeLimit;
using espcap::testing::LetterLines;
using espcap::testing::NumberedLetter;
using espcap::testing::OpenLetters;
using espcap::testing::RandomSeed;
using espcap::testing::ReadWhole;
using espcap::testing::TemporaryDirectory;

constexpr size_t kAll = 1'000'000'000;

// A process that has locked the file and written the first half of a text when this is made; the
// other half comes a moment later.
class SlowAppend {
 public:
  SlowAppend(const std::string& path, std::string_view text) {
    std::array<int, 2> ready{};
    if (::pipe(ready.data()) != 0) throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      const auto half = static_cast<ssize_t>(text.size() / 2);
      const auto rest = static_cast<ssize_t>(text.size()) - half;
      const int file = ::open(path.c_str(), O_WRONLY | O_APPEND);
      if (::flock(file, LOCK_EX) != 0 || ::write(file, text.data(), text.size() / 2) != half ||
          ::write(ready[1], "y", 1) != 1) {
        ::_exit(1);
      }
      ::usleep(200'000);
      ::_exit(::write(file, text.data() + half, text.size() - text.size() / 2) == rest ? 0 : 1);
    }
    char byte = 0;
    if (::read(ready[0], &byte, 1) != 1) throw std::runtime_error("slow append");
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~SlowAppend() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    EXPECT_EQ(status, 0);
  }
  SlowAppend(const SlowAppend&) = delete;
  SlowAppend& operator=(const SlowAppend&) = delete;

 private:
  pid_t pid_ = -1;
};

class DeadLetterResendTest : public ::testing::Test {
 protected:
  std::unique_ptr<DeadLetterResend> Open(
      size_t max_line_bytes = DeadLetterResend::kMaxLineBytes) const {
    auto resend = DeadLetterResend::Open(
        path_, [this](const std::string& message) { messages_.push_back(message); },
        max_line_bytes);
    if (!resend) throw std::runtime_error(resend.error().message);
    return std::move(*resend);
  }
  [[nodiscard]] std::string ErrorOfOpen() const {
    const auto resend = DeadLetterResend::Open(path_, nullptr);
    return resend ? "opened" : resend.error().message;
  }
  static std::vector<DeadLetterResend::Taken> NextLetters(DeadLetterResend& resend,
                                                          size_t max_letters = kAll,
                                                          size_t max_bytes = kAll) {
    auto taken = resend.NextLetters(max_letters, max_bytes);
    if (!taken) throw std::runtime_error(taken.error().message);
    return std::move(*taken);
  }
  static void LandAll(DeadLetterResend& resend) {
    for (const auto& taken : NextLetters(resend)) resend.MarkDelivered(taken.line);
  }
  void Write(std::string_view text) const { directory_.Write("letters.ndjson", text); }
  [[nodiscard]] std::string Text() const { return ReadWhole(path_); }
  [[nodiscard]] bool HasRemains() const { return std::filesystem::exists(path_ + ".resend"); }

  const TemporaryDirectory directory_;
  const std::string path_ = directory_.Path("letters.ndjson");
  mutable std::vector<std::string> messages_;
};

TEST_F(DeadLetterResendTest, WhatHasLandedGoes) {
  Write(LetterLines(1, 5));
  const auto resend = Open();
  const auto taken = NextLetters(*resend);
  ASSERT_EQ(taken.size(), 5U);
  for (uint32_t number = 1; number <= 5; ++number) {
    EXPECT_EQ(LetterLine(taken[number - 1].letter), LetterLines(number, number));
    resend->MarkDelivered(taken[number - 1].line);
  }
  EXPECT_EQ(Text(), LetterLines(1, 5));
  ASSERT_TRUE(resend->Finish());
  EXPECT_EQ(Text(), "");
  EXPECT_FALSE(HasRemains());
  EXPECT_EQ(resend->counts().landed, 5U);
}

TEST_F(DeadLetterResendTest, WhatIsRefusedAgainStaysAsItIsGiven) {
  Write(LetterLines(1, 3));
  const auto resend = Open();
  auto taken = NextLetters(*resend);
  resend->MarkDelivered(taken[0].line);
  resend->MarkDelivered(taken[2].line);
  DeadLetter again = taken[1].letter;
  again.status = 429;
  again.reason = "another";
  ASSERT_TRUE(resend->Remains(taken[1].line, again));
  ASSERT_TRUE(resend->Finish());
  EXPECT_EQ(Text(), LetterLine(again));
  EXPECT_EQ(resend->counts().refused_again, 1U);
}

TEST_F(DeadLetterResendTest, WhatNobodyTellsOfStays) {
  Write(LetterLines(1, 7));
  const auto resend = Open();
  EXPECT_EQ(NextLetters(*resend, 2).size(), 2U);
  const auto more = NextLetters(*resend, 3);
  resend->MarkDelivered(more[1].line);
  ASSERT_TRUE(resend->Finish());
  EXPECT_EQ(Text(), LetterLines(1, 3) + LetterLines(5, 7));
  EXPECT_EQ(resend->counts().not_sent, 6U);
}

TEST_F(DeadLetterResendTest, ATakeKeepsToItsBounds) {
  Write(LetterLines(1, 9));
  const size_t bytes = NumberedLetter(1).document.size();
  const auto resend = Open();
  EXPECT_EQ(NextLetters(*resend, 2).size(), 2U);
  EXPECT_EQ(NextLetters(*resend, kAll, 3 * bytes).size(), 3U);
  EXPECT_EQ(NextLetters(*resend, kAll, 3 * bytes - 1).size(), 2U);
  EXPECT_EQ(NextLetters(*resend, kAll, 0).size(), 1U);  // always one
  const auto last = NextLetters(*resend);
  ASSERT_EQ(last.size(), 1U);
  EXPECT_EQ(last[0].letter.id, "id9");
  EXPECT_TRUE(NextLetters(*resend).empty());
}

TEST_F(DeadLetterResendTest, ABadLineIsReportedAndKept) {
  const std::string bad = "{\"index\":\"cut off, bytes \xFF";
  Write(LetterLines(1, 1) + bad + "\n\n" + LetterLines(2, 2));
  const auto resend = Open();
  const auto taken = NextLetters(*resend);
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[1].line, 4U);
  resend->MarkDelivered(taken[0].line);
  resend->MarkDelivered(taken[1].line);
  ASSERT_TRUE(resend->Finish());
  EXPECT_EQ(Text(), bad + "\n");
  EXPECT_EQ(resend->counts().bad_lines, 1U);
  EXPECT_EQ(messages_, std::vector<std::string>{"dead letters " + path_ +
                                                ": line 2 is no letter (no JSON); it is kept"});
}

// Another file, by mistake: not even an end of line is added.
TEST_F(DeadLetterResendTest, AFileWithoutLettersStaysAsItIs) {
  const std::string capture("\xD4\xC3\xB2\xA1\n\n\0packets", 14);
  Write(capture);
  auto resend = Open();
  EXPECT_TRUE(NextLetters(*resend).empty());
  ASSERT_TRUE(resend->Finish());
  EXPECT_EQ(resend->counts().bad_lines, 2U);
  EXPECT_EQ(Text(), capture);
  resend.reset();
  EXPECT_FALSE(HasRemains());
}

// It would be sent as two, the second of which can be any action.
TEST_F(DeadLetterResendTest, ADocumentOfTwoLinesIsNoLetter) {
  const std::string bad =
      R"({"index":"i","id":"1","document":"{}\n{\"delete\":{\"_index\":\"i\",\"_id\":\"2\"}}"})";
  Write(bad + "\n" + LetterLines(1, 1));
  const auto resend = Open();
  ASSERT_EQ(NextLetters(*resend).size(), 1U);
  ASSERT_EQ(messages_.size(), 1U);
  EXPECT_EQ(
      messages_.front(),
      "dead letters " + path_ + ": line 1 is no letter (its document isn't one line); it is kept");
}

TEST_F(DeadLetterResendTest, ALineThatIsTooLongIsPassedOnInPieces) {
  const std::string lines = LetterLines(1, 1);
  const std::string large(300'000, 'x');
  for (const std::string& end : {std::string("\n") + lines, std::string("\n"), std::string()}) {
    messages_.clear();
    Write(lines + large + end);
    const auto resend = Open(lines.size());
    LandAll(*resend);
    ASSERT_TRUE(resend->Finish());
    EXPECT_EQ(Text() == large + "\n", true);
    ASSERT_EQ(messages_.size(), 1U);
    EXPECT_TRUE(messages_[0].ends_with(": line 2 is no letter (too long); it is kept"));
    EXPECT_EQ(resend->counts().landed, end.size() > 1 ? 2U : 1U);
  }
}

TEST_F(DeadLetterResendTest, ALastLineWithoutEndIsALine) {
  std::string text = LetterLines(1, 2);
  text.pop_back();
  Write(text);
  const auto resend = Open();
  const auto taken = NextLetters(*resend);
  ASSERT_EQ(taken.size(), 2U);
  auto letters = OpenLetters(path_);
  AppendLetters(letters, 3, 3);
  resend->MarkDelivered(taken[0].line);
  ASSERT_TRUE(resend->Finish());
  EXPECT_EQ(NextLetters(*Open()).size(), 2U);
  LandAll(*Open());
}

// Of every size, across the pieces that are read.
TEST_F(DeadLetterResendTest, AnyLettersComeBackByteForByte) {
  std::mt19937 random(RandomSeed(5));
  std::string text;
  std::vector<std::string> documents;
  for (uint32_t number = 1; number <= 300; ++number) {
    DeadLetter letter = NumberedLetter(number);
    letter.document = "{\"x\":\"" +
                      std::string(random() % (number % 10 == 0 ? 200'000 : 900), 'y') +
                      "\", \"n\" : 1.500}";
    documents.push_back(letter.document);
    text += LetterLine(letter);
  }
  Write(text);
  const auto resend = Open();
  size_t next = 0;
  for (auto taken = NextLetters(*resend, 7, 100'000); !taken.empty();
       taken = NextLetters(*resend, 7, 100'000)) {
    for (const auto& [line, letter] : taken) {
      EXPECT_EQ(line, next + 1);
      ASSERT_EQ(letter.document == documents[next++], true);
    }
  }
  EXPECT_EQ(next, documents.size());
  ASSERT_TRUE(resend->Finish());
  EXPECT_EQ(Text() == text, true);
}

TEST_F(DeadLetterResendTest, WhatIsAppendedMeanwhileStays) {
  Write(LetterLines(1, 3));
  auto letters = OpenLetters(path_);
  AppendLetters(letters, 4, 4);
  const auto resend = Open();
  const auto taken = NextLetters(*resend);
  ASSERT_EQ(taken.size(), 4U);
  AppendLetters(letters, 5, 6);
  EXPECT_TRUE(NextLetters(*resend).empty());
  for (const auto& one : taken) resend->MarkDelivered(one.line);
  ASSERT_TRUE(resend->Finish());
  EXPECT_EQ(Text(), LetterLines(5, 6));
  AppendLetters(letters, 7, 7);  // finds the new file
  EXPECT_EQ(Text(), LetterLines(5, 7));
}

// Another process is in the middle of an append, and has the lock for it.
TEST_F(DeadLetterResendTest, AnAppendUnderWayIsWaitedFor) {
  Write(LetterLines(1, 1));
  {
    const SlowAppend append(path_, LetterLines(2, 2));
    EXPECT_EQ(NextLetters(*Open()).size(), 2U);
  }
  const auto resend = Open();
  LandAll(*resend);
  {
    const SlowAppend append(path_, LetterLines(3, 3));
    ASSERT_TRUE(resend->Finish());
  }
  EXPECT_EQ(Text(), LetterLines(3, 3));
}

TEST_F(DeadLetterResendTest, AnEndWithoutFinishChangesNothing) {
  Write(LetterLines(1, 3));
  {
    const auto resend = Open();
    LandAll(*resend);
    EXPECT_TRUE(HasRemains());
  }
  EXPECT_EQ(Text(), LetterLines(1, 3));
  EXPECT_FALSE(HasRemains());
}

TEST_F(DeadLetterResendTest, RemainsOfACrashAreNoHindrance) {
  Write(LetterLines(1, 3));
  directory_.Write("letters.ndjson.resend", LetterLines(8, 9));
  const auto resend = Open();
  LandAll(*resend);
  ASSERT_TRUE(resend->Finish());
  EXPECT_EQ(Text(), "");
}

TEST_F(DeadLetterResendTest, AFullDiskLeavesTheFileAsItWas) {
  Write(LetterLines(1, 400));
  {
    const FileSizeLimit limit(20'000);
    const auto resend = Open();
    bool has_failed = false;
    for (const auto& taken : NextLetters(*resend)) {
      has_failed |= !resend->Remains(taken.line, taken.letter);
    }
    const auto finished = resend->Finish();
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().message, "write " + path_ + ".resend: File too large");
    EXPECT_TRUE(has_failed || LetterLines(1, 400).size() < 65536);
  }
  EXPECT_EQ(Text(), LetterLines(1, 400));
  EXPECT_FALSE(HasRemains());
}

TEST_F(DeadLetterResendTest, AFileThatIsAnotherNowIsLeftAsItIs) {
  Write(LetterLines(1, 3));
  const auto resend = Open();
  LandAll(*resend);
  directory_.Write("other", "mine");
  std::filesystem::rename(directory_.Path("other"), path_);
  const auto finished = resend->Finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().message,
            "replace dead letters " + path_ + ": it is another file now, and left as it is");
  EXPECT_EQ(Text(), "mine");
}

TEST_F(DeadLetterResendTest, OwnerAndModeStay) {
  Write(LetterLines(1, 3));
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(path_.c_str(), AsNobody::kNobody, AsNobody::kNobody), 0);
  }
  struct stat before {};
  ASSERT_EQ(::stat(path_.c_str(), &before), 0);
  ASSERT_TRUE(Open()->Finish());
  struct stat after {};
  ASSERT_EQ(::stat(path_.c_str(), &after), 0);
  EXPECT_EQ(after.st_mode, before.st_mode);
  EXPECT_EQ(after.st_uid, before.st_uid);
  EXPECT_EQ(after.st_gid, before.st_gid);
  EXPECT_EQ(Text(), LetterLines(1, 3));
}

TEST_F(DeadLetterResendTest, ALinkStaysOne) {
  directory_.Write("elsewhere/target", LetterLines(1, 2));
  std::filesystem::create_symlink("elsewhere/target", path_);
  const auto resend = Open();
  resend->MarkDelivered(NextLetters(*resend, 1)[0].line);
  ASSERT_TRUE(resend->Finish());
  EXPECT_TRUE(std::filesystem::is_symlink(path_));
  EXPECT_EQ(ReadWhole(directory_.Path("elsewhere/target")), LetterLines(2, 2));
}

TEST_F(DeadLetterResendTest, WhatCantBeOpenedIsNamed) {
  EXPECT_EQ(ErrorOfOpen(), "open dead letters " + path_ + ": No such file or directory");
  std::filesystem::create_directory(path_);
  EXPECT_EQ(ErrorOfOpen(), "open dead letters " + path_ + ": not a regular file");
  EXPECT_FALSE(HasRemains());
}

TEST_F(DeadLetterResendTest, OneResendAtATime) {
  Write(LetterLines(1, 3));
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t other = ::fork();
  if (other == 0) {
    const auto resend = Open();
    LandAll(*resend);
    if (::write(ready[1], "y", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(ErrorOfOpen(), "open dead letters " + path_ +
                               ": another resend is at work on it; let that one end first");
  ASSERT_EQ(::kill(other, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(::waitpid(other, &status, 0), other);
  ::close(ready[0]);
  ::close(ready[1]);
  EXPECT_EQ(Text(), LetterLines(1, 3));
  const auto resend = Open();
  LandAll(*resend);
  ASSERT_TRUE(resend->Finish());
  EXPECT_EQ(Text(), "");
}

// Runs append while resend after resend is killed at any instant: no letter that wasn't told to
// have landed is ever missing.
TEST_F(DeadLetterResendTest, NoLetterIsLostByAKill) {
  constexpr uint32_t kLetters = 3000;
  std::array<int, 2> landed{};
  ASSERT_EQ(::pipe(landed.data()), 0);
  const pid_t writer = ::fork();
  if (writer == 0) {
    auto letters = OpenLetters(path_);
    for (uint32_t number = 1; number <= kLetters; ++number) AppendLetters(letters, number, number);
    ::_exit(0);
  }
  std::mt19937 random(RandomSeed(11));
  std::set<std::string> told;
  int status = 0;
  for (bool is_written = false; !is_written;) {
    is_written = ::waitpid(writer, &status, WNOHANG) == writer;
    if (!std::filesystem::exists(path_)) continue;
    const pid_t child = ::fork();
    if (child == 0) {
      const auto resend = Open();
      for (const auto& [line, letter] : NextLetters(*resend, 100)) {
        // Told before: a letter that has landed may be sent again, but not be lost.
        if (letter.frame_number % 2 == 1) {
          if (::write(landed[1], &letter.frame_number, 4) != 4) ::_exit(1);
          resend->MarkDelivered(line);
        } else if (!resend->Remains(line, letter)) {
          ::_exit(1);
        }
      }
      ::_exit(resend->Finish() ? 0 : 1);
    }
    ::usleep(static_cast<useconds_t>(random() % 4000));
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status) || status == 0);
    ASSERT_EQ(::fcntl(landed[0], F_SETFL, O_NONBLOCK), 0);
    uint32_t number = 0;
    while (::read(landed[0], &number, 4) == 4) told.insert("id" + std::to_string(number));
  }
  ::close(landed[0]);
  ::close(landed[1]);
  std::multiset<std::string> there;
  for (const auto& taken : NextLetters(*Open())) there.insert(taken.letter.id);
  EXPECT_TRUE(messages_.empty());
  for (uint32_t number = 1; number <= kLetters; ++number) {
    const std::string id = "id" + std::to_string(number);
    ASSERT_LE(there.count(id), 1U) << id;
    ASSERT_TRUE(there.contains(id) || told.contains(id)) << id;
  }
}

}  // namespace
}  // namespace espcap::sink
