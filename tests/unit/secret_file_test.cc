// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/secret_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "temporary_directory.h"

namespace espcap::base {
namespace {

class SecretFile : public ::testing::Test {
 protected:
  std::string Write(std::string_view content, mode_t mode = 0600) const {
    const std::string path = directory_.Write("secret", content);
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  static std::string ErrorOf(const std::string& path, FileModes modes = FileModes::kOwnerOnly) {
    const auto secret = ReadSecretFile("--password-file", path, modes);
    return secret ? "read: " + std::string(secret->view()) : secret.error().message;
  }

  const testing::TemporaryDirectory directory_;
};

TEST_F(SecretFile, LosesOneFinalLineEnd) {
  struct Case {
    const char* content;
    const char* secret;
  };
  const Case cases[] = {
      {"s3cret", "s3cret"},       {"s3cret\n", "s3cret"},   {"s3cret\r\n", "s3cret"},
      {"s3cret\n\n", "s3cret\n"}, {" s3cret ", " s3cret "}, {"a\nb\n", "a\nb"},
  };
  for (const Case& c : cases) {
    const auto secret = ReadSecretFile("--password-file", Write(c.content), FileModes::kOwnerOnly);
    ASSERT_TRUE(secret) << secret.error().message;
    EXPECT_EQ(secret->view(), c.secret);
  }
}

TEST_F(SecretFile, OthersThanItsOwnerCannotUseIt) {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0666U, 0601U}) {
    const std::string path = Write("s3cret", mode);
    const std::string message = ErrorOf(path);
    EXPECT_NE(message.find("chmod 600 " + path), std::string::npos) << message;
    EXPECT_EQ(message.find("s3cret"), std::string::npos) << message;
    EXPECT_FALSE(CheckSecretFile("--client-key", path));
    EXPECT_EQ(ErrorOf(path, FileModes::kAny), "read: s3cret");
  }
  for (const mode_t mode : {0600U, 0400U, 0700U}) {
    EXPECT_EQ(ErrorOf(Write("s3cret", mode)), "read: s3cret");
    EXPECT_TRUE(CheckSecretFile("--client-key", Write("s3cret", mode)));
  }
}

TEST_F(SecretFile, AnErrorNamesOptionAndFile) {
  EXPECT_EQ(ErrorOf(directory_.Path("none")),
            "--password-file " + directory_.Path("none") + ": No such file or directory");
  EXPECT_EQ(ErrorOf(directory_.Path()),
            "--password-file " + directory_.Path() + ": not a regular file");
  const std::string fifo = directory_.Path("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(ErrorOf(fifo), "--password-file " + fifo + ": not a regular file");
  for (const char* content : {"", "\n", "\r\n"}) {
    const std::string path = Write(content);
    EXPECT_EQ(ErrorOf(path), "--password-file " + path + ": is empty");
  }
  const std::string path = Write(std::string(70'000, 'x'));
  EXPECT_EQ(ErrorOf(path), "--password-file " + path + ": too large for a secret");
}

}  // namespace
}  // namespace espcap::base
