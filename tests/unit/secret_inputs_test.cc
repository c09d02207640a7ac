// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/secret_inputs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace espcap::cli {
namespace {

// Arguments as main() gets them, in memory that can be written to.
class Arguments {
 public:
  explicit Arguments(const std::vector<std::string>& texts) : memory_({"espcap"}) {
    memory_.insert(memory_.end(), texts.begin(), texts.end());
    for (std::string& text : memory_) pointers_.push_back(text.data());
  }
  [[nodiscard]] std::span<char*> pointers() { return pointers_; }
  [[nodiscard]] std::vector<std::string> Left() const {
    std::vector<std::string> texts;
    for (const char* text : pointers_) texts.emplace_back(text);
    texts.erase(texts.begin());
    return texts;
  }
  // Also behind the NULs.
  [[nodiscard]] bool Contains(const std::string& text) const {
    for (const std::string& one : memory_) {
      if (one.find(text) != std::string::npos) return true;
    }
    return false;
  }

 private:
  std::vector<std::string> memory_;
  std::vector<char*> pointers_;
};

using Strings = std::vector<std::string>;

TEST(SecretInputs, CredentialsAreCutOutOfNodes) {
  struct Case {
    Strings arguments;
    Strings left;
    const char* user;
    const char* password;
  };
  const Case cases[] = {
      {{"--node", "https://elastic:s3cret@es:443/p"},
       {"--node", "https://es:443/p"},
       "elastic",
       "s3cret"},
      {{"--node=https://elastic:s3cret@es"}, {"--node=https://es"}, "elastic", "s3cret"},
      {{"--node", "elastic:s3cret@es:9200"}, {"--node", "es:9200"}, "elastic", "s3cret"},
      {{"--node", "https://elastic@es"}, {"--node", "https://es"}, "elastic", ""},
      {{"--node", "https://:s3cret@es"}, {"--node", "https://es"}, "", "s3cret"},
      {{"--node", "https://el%40stic:s3cret%3A%2f%25@es"},
       {"--node", "https://es"},
       "el@stic",
       "s3cret:/%"},
      {{"--node", "https://a:s3cret@with%2@es"}, {"--node", "https://es"}, "a", "s3cret@with%2"},
      {{"--node", "https://a:s3cret:b@es"}, {"--node", "https://es"}, "a", "s3cret:b"},
      {{"resend", "F", "--node", "http://a:s3cret@h1", "--quiet", "--node=http://a:s3cret@h2"},
       {"resend", "F", "--node", "http://h1", "--quiet", "--node=http://h2"},
       "a",
       "s3cret"},
  };
  for (const Case& c : cases) {
    Arguments arguments(c.arguments);
    const auto inputs = ExtractSecrets(arguments.pointers());
    ASSERT_TRUE(inputs) << inputs.error().message;
    EXPECT_EQ(arguments.Left(), c.left);
    EXPECT_FALSE(arguments.Contains("s3cret")) << c.arguments.back();
    ASSERT_TRUE(inputs->url);
    EXPECT_EQ(inputs->url->user, c.user);
    EXPECT_EQ(inputs->url->password.view(), c.password);
  }
}

TEST(SecretInputs, NothingElseChanges) {
  const Strings given = {
      "--node", "https://es:443/p", "--filter", "http.request.full_uri == \"http://a:b@c\"",
      "--user", "elastic",          "-o",       "x.y:http://a:b@c",
      "--file", "me@home.pcap",     "--node"};
  Arguments arguments(given);
  const auto inputs = ExtractSecrets(arguments.pointers());
  ASSERT_TRUE(inputs) << inputs.error().message;
  EXPECT_EQ(arguments.Left(), given);
  EXPECT_FALSE(inputs->url);
}

TEST(SecretInputs, AUrlInTheWrongPlaceLosesItsPassword) {
  for (const Strings& given :
       {Strings{"https://elastic:s3cret@es"}, Strings{"--nodes", "HTTP://elastic:s3cret@es"},
        Strings{"--host=https://elastic:s3cret@es"}}) {
    Arguments arguments(given);
    const auto inputs = ExtractSecrets(arguments.pointers());
    ASSERT_TRUE(inputs) << inputs.error().message;
    EXPECT_FALSE(inputs->url);
    EXPECT_FALSE(arguments.Contains("s3cret"));
  }
}

TEST(SecretInputs, WhatCannotBeMeantIsAnErrorAndWipedAllTheSame) {
  struct Case {
    Strings arguments;
    const char* says;
  };
  const Case cases[] = {
      {{"--node", "https://elastic:s3cret/x@es"}, "%2F"},
      {{"--node", "https://a:s3cret@h1", "--node", "https://b:s3cret@h2"}, "same credentials"},
      {{"--node", "https://a:s3cret@h1", "--node", "https://a:s3cret2@h2"}, "same credentials"},
      {{"--user", "elastic:s3cret"}, "--password-file"},
      {{"--user=elastic:s3cret"}, "--password-file"},
      {{"--user", "elastic:s3cret", "--node", "https://a:s3cret@h"}, "--password-file"},
  };
  for (const Case& c : cases) {
    Arguments arguments(c.arguments);
    const auto inputs = ExtractSecrets(arguments.pointers());
    ASSERT_FALSE(inputs) << c.arguments.back();
    EXPECT_NE(inputs.error().message.find(c.says), std::string::npos) << inputs.error().message;
    EXPECT_EQ(inputs.error().message.find("s3cret"), std::string::npos) << inputs.error().message;
    EXPECT_FALSE(arguments.Contains("s3cret")) << c.arguments.back();
  }
}

TEST(SecretInputs, TheEnvironmentIsReadAndWiped) {
  struct Case {
    const char* name;
    const base::Secret SecretInputs::*secret;
  };
  const Case cases[] = {{"ESPCAP_PASSWORD", &SecretInputs::password},
                        {"ESPCAP_API_KEY", &SecretInputs::api_key},
                        {"ESPCAP_BEARER_TOKEN", &SecretInputs::bearer_token}};
  for (const Case& c : cases) {
    std::string entry = std::string(c.name) + "=s3cret";
    ASSERT_EQ(::putenv(entry.data()), 0);  // the string itself is in the environment
    const auto inputs = ExtractSecrets({});
    ASSERT_TRUE(inputs);
    EXPECT_EQ(((*inputs).*c.secret).view(), "s3cret");
    EXPECT_EQ(std::getenv(c.name), nullptr);
    EXPECT_EQ(entry, std::string(c.name) + "=" + std::string(6, '\0'));
  }
  const auto again = ExtractSecrets({});
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->password.empty() && again->api_key.empty() && again->bearer_token.empty());
}

TEST(SecretInputs, AProxyWithAPasswordIsAwayUntilItIsWanted) {
  std::string with_password = "https_proxy=http://me:s3cret@proxy:3128";
  std::string without = "http_proxy=http://proxy:3128";
  ASSERT_EQ(::putenv(with_password.data()), 0);
  ASSERT_EQ(::putenv(without.data()), 0);
  const auto inputs = ExtractSecrets({});
  ASSERT_TRUE(inputs);
  EXPECT_EQ(with_password.find("s3cret"), std::string::npos);
  EXPECT_EQ(std::getenv("https_proxy"), nullptr);
  EXPECT_STREQ(std::getenv("http_proxy"), "http://proxy:3128");
  RestoreProxies(*inputs);
  EXPECT_STREQ(std::getenv("https_proxy"), "http://me:s3cret@proxy:3128");
  ::unsetenv("https_proxy");
  ::unsetenv("http_proxy");
}

}  // namespace
}  // namespace espcap::cli
