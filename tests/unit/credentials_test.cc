// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/credentials.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <utility>

#include "temporary_directory.h"

namespace espcap::app {
namespace {

using base::Secret;

class CredentialsTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, std::string_view content, mode_t mode = 0600) const {
    const std::string path = directory_.Write(name, content);
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  // The header, or the error.
  std::string Made() const {
    const auto made = AuthorizationOf(settings_, inputs_, systemd_);
    return made ? std::string(made->view()) : made.error().message;
  }
  void ExpectError(const std::vector<std::string>& parts) const {
    const auto made = AuthorizationOf(settings_, inputs_, systemd_);
    ASSERT_FALSE(made);
    for (const std::string& part : parts) {
      EXPECT_NE(made.error().message.find(part), std::string::npos) << made.error().message;
    }
    EXPECT_EQ(made.error().message.find("s3cret"), std::string::npos) << made.error().message;
  }
  void GiveUrl(const std::string& user, std::string_view password) {
    inputs_.url = cli::SecretInputs::OfUrl{user, Secret(password)};
  }

  const testing::TemporaryDirectory directory_;
  cli::SecuritySettings settings_;
  cli::SecretInputs inputs_;
  std::string systemd_;
};

// `printf elastic:1 | base64`, and so on.
constexpr const char* kFirst = "Authorization: Basic ZWxhc3RpYzox";
constexpr const char* kSecond = "Authorization: Basic ZWxhc3RpYzoy";
constexpr const char* kThird = "Authorization: Basic ZWxhc3RpYzoz";
constexpr const char* kFourth = "Authorization: Basic ZWxhc3RpYzo0";

TEST_F(CredentialsTest, NoneByThemselves) { EXPECT_EQ(Made(), ""); }

TEST_F(CredentialsTest, TheNearestSourceOfASecretWins) {
  settings_.user = "elastic";
  systemd_ = directory_.Path();
  Write("espcap.password", "4\n", 0440);  // as systemd has it where a service has a user
  EXPECT_EQ(Made(), kFourth);
  inputs_.password = Secret("3");
  EXPECT_EQ(Made(), kThird);
  GiveUrl("elastic", "2");
  EXPECT_EQ(Made(), kSecond);
  settings_.password_file = Write("file", "1\n");
  EXPECT_EQ(Made(), kFirst);
}

TEST_F(CredentialsTest, AnApiKey) {
  systemd_ = directory_.Path();
  Write("espcap.api-key", "c3lzdGVtZA==", 0400);
  EXPECT_EQ(Made(), "Authorization: ApiKey c3lzdGVtZA==");
  inputs_.api_key = Secret("id:key");
  EXPECT_EQ(Made(), "Authorization: ApiKey aWQ6a2V5");
  settings_.api_key_file = Write("file", "ZmlsZQ==\n");
  EXPECT_EQ(Made(), "Authorization: ApiKey ZmlsZQ==");
}

TEST_F(CredentialsTest, ABearerToken) {
  systemd_ = directory_.Path();
  Write("espcap.bearer-token", "systemd", 0400);
  EXPECT_EQ(Made(), "Authorization: Bearer systemd");
  inputs_.bearer_token = Secret("environment");
  EXPECT_EQ(Made(), "Authorization: Bearer environment");
  settings_.bearer_token_file = Write("file", "file\n");
  EXPECT_EQ(Made(), "Authorization: Bearer file");
}

TEST_F(CredentialsTest, AUserOfTheUrlNeedsNoOption) {
  GiveUrl("elastic", "");
  inputs_.password = Secret("1");
  EXPECT_EQ(Made(), kFirst);
  GiveUrl("", "2");
  settings_.user = "elastic";
  EXPECT_EQ(Made(), kSecond);
}

TEST_F(CredentialsTest, APasswordWithoutAUserAndTheOtherWayRound) {
  inputs_.password = Secret("s3cret");
  ExpectError({"ESPCAP_PASSWORD", "--user"});
  inputs_.password = {};
  settings_.user = "elastic";
  ExpectError({"elastic", "--password-file", "ESPCAP_PASSWORD", "espcap.password"});
}

TEST_F(CredentialsTest, TwoUsers) {
  settings_.user = "kibana";
  GiveUrl("elastic", "s3cret");
  ExpectError({"--user kibana", "--node"});
}

TEST_F(CredentialsTest, TwoKindsAreNamedBoth) {
  settings_.user = "elastic";
  inputs_.password = Secret("s3cret");
  inputs_.api_key = Secret("id:s3cret");
  ExpectError({"a user with a password (ESPCAP_PASSWORD)", "an API key (ESPCAP_API_KEY)"});
  inputs_.password = {};
  ExpectError({"a user with a password (--user)", "an API key (ESPCAP_API_KEY)"});
  settings_ = {};
  settings_.bearer_token_file = Write("file", "s3cret");
  ExpectError({"an API key (ESPCAP_API_KEY)", "a bearer token (--bearer-token-file)"});
}

TEST_F(CredentialsTest, AnErrorNamesItsSource) {
  settings_.user = "elastic";
  settings_.password_file = Write("file", "s3cret\nsecond line\n");
  ExpectError({"--password-file " + settings_.password_file, "control character"});
  settings_.password_file = Write("open", "s3cret", 0644);
  ExpectError({"--password-file " + settings_.password_file, "chmod 600"});
  settings_ = {};
  inputs_.bearer_token = Secret("s3cret token");
  ExpectError({"ESPCAP_BEARER_TOKEN: "});
}

}  // namespace
}  // namespace espcap::app
