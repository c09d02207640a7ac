// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/file_hasher.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.h"
#include "redirected_descriptor.h"
#include "temporary_directory.h"

namespace espcap::process {
namespace {

using espcap::testing::RedirectedDescriptor;
using espcap::testing::TemporaryDirectory;

class HashFileTest : public ::testing::Test {
 protected:
  Fingerprint Of(const std::string& path) {
    const auto fingerprint = HashFile(path);
    if (!fingerprint || !*fingerprint) {
      ADD_FAILURE() << path << ": "
                    << (fingerprint ? "no fingerprint" : fingerprint.error().message);
      return {};
    }
    return (*fingerprint)->fingerprint;
  }

  const TemporaryDirectory directory_;
};

TEST_F(HashFileTest, IsTheFirstHalfOfTheContentsSha256) {
  // FIPS 180-2, appendix B: SHA-256("abc").
  const Fingerprint expected = {0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF, 0xEA,
                                0x41, 0x41, 0x40, 0xDE, 0x5D, 0xAE, 0x22, 0x23};
  EXPECT_EQ(Of(directory_.Write("capture", "abc")), expected);
}

TEST_F(HashFileTest, IsTheContentsWhateverTheName) {
  const std::string content(3'000'000, 'x');  // more than one block
  const Fingerprint original = Of(directory_.Write("a.pcap", content));
  EXPECT_EQ(Of(directory_.Write("elsewhere/b.cap", content)), original);
  std::filesystem::create_symlink(directory_.Path("a.pcap"), directory_.Path("link"));
  EXPECT_EQ(Of(directory_.Path("link")), original);
}

TEST_F(HashFileTest, DiffersWithEveryByte) {
  std::set<Fingerprint> seen;
  const std::string content(2'500'000, 'x');
  seen.insert(Of(directory_.Write("capture", content)));
  // The ends of the file and of the blocks it is read in.
  const size_t places[] = {0, 1'048'575, 1'048'576, 2'499'999};
  for (const size_t place : places) {
    std::string changed = content;
    changed[place] = 'y';
    seen.insert(Of(directory_.Write("capture", changed)));
  }
  seen.insert(Of(directory_.Write("capture", content + 'x')));
  seen.insert(Of(directory_.Write("capture", "")));
  EXPECT_EQ(seen.size(), std::size(places) + 3);
}

TEST_F(HashFileTest, AMissingFileIsAnErrorThatNamesIt) {
  const auto fingerprint = HashFile(directory_.Path("missing.pcap"));
  ASSERT_FALSE(fingerprint);
  EXPECT_EQ(fingerprint.error().message,
            "read " + directory_.Path("missing.pcap") + ": No such file or directory");
}

TEST_F(HashFileTest, StandardInputKeepsItsOffset) {
  const std::string path = directory_.Write("capture", "a capture's bytes");
  const Fingerprint by_name = Of(path);
  const RedirectedDescriptor input(STDIN_FILENO, path, O_RDONLY);
  ASSERT_EQ(::lseek(STDIN_FILENO, 5, SEEK_SET), 5);
  EXPECT_EQ(Of("-"), by_name);
  EXPECT_EQ(::lseek(STDIN_FILENO, 0, SEEK_CUR), 5);
}

TEST_F(HashFileTest, APipeHasNone) {
  const std::string fifo = directory_.Path("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const base::FileDescriptor both_ends(::open(fifo.c_str(), O_RDWR));
  constexpr std::string_view kWaiting = "bytes for the reader";
  ASSERT_EQ(::write(both_ends.get(), kWaiting.data(), kWaiting.size()),
            static_cast<ssize_t>(kWaiting.size()));
  const auto fingerprint = HashFile(fifo);
  ASSERT_TRUE(fingerprint) << fingerprint.error().message;
  EXPECT_FALSE(fingerprint->has_value());
  std::string left(100, '\0');
  EXPECT_EQ(::read(both_ends.get(), left.data(), left.size()),
            static_cast<ssize_t>(kWaiting.size()));
}

// A program that wrote its packets into a FIFO and ended is no reason to wait for another.
TEST_F(HashFileTest, APipeWhoseWriterIsGoneIsNotWaitedFor) {
  const std::string fifo = directory_.Path("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  auto fingerprint = std::async(std::launch::async, [&fifo] { return HashFile(fifo); });
  const auto status = fingerprint.wait_for(std::chrono::seconds(2));
  EXPECT_EQ(status, std::future_status::ready);
  if (status != std::future_status::ready) {
    const base::FileDescriptor writer(::open(fifo.c_str(), O_WRONLY));  // lets it go
    fingerprint.wait();
  }
  const auto result = fingerprint.get();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_FALSE(result->has_value());
}

TEST(FileHasher, AnswersInTheOrderOfTheQuestions) {
  const TemporaryDirectory directory;
  auto hasher = FileHasher::Start(std::nullopt, true);
  ASSERT_TRUE(hasher) << hasher.error().message;
  std::vector<std::string> answers;
  for (const std::string name : {"a", "missing", "b"}) {
    if (name != "missing") directory.Write(name, name);
    (*hasher)->Ask(directory.Path(name), [&answers, name](const FileHasher::Answer& answer) {
      answers.push_back(name +
                        (answer ? (*answer ? " hashed" : " none") : ": " + answer.error().message));
    });
  }
  (*hasher)->Ask("/dev/null", [&answers](const FileHasher::Answer& answer) {
    answers.push_back(answer && !*answer ? "no file" : "?");
  });
  for (int answer = 0; answer < 4; ++answer) (*hasher)->ReceiveAnswer();
  EXPECT_EQ(answers, (std::vector<std::string>{"a hashed",
                                               "missing: read " + directory.Path("missing") +
                                                   ": No such file or directory",
                                               "b hashed", "no file"}));
}

TEST(FileHasher, SaysThatItsProcessHasEnded) {
  auto hasher = FileHasher::Start(std::nullopt, false);
  ASSERT_TRUE(hasher) << hasher.error().message;
  ::shutdown((*hasher)->fd(), SHUT_RDWR);
  std::string failure;
  (*hasher)->Ask("/dev/null", [&failure](const FileHasher::Answer& answer) {
    if (!answer) failure = answer.error().message;
  });
  (*hasher)->ReceiveAnswer();
  EXPECT_EQ(failure, "hash /dev/null: the process that does so has ended");
}

}  // namespace
}  // namespace espcap::process
