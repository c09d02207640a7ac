// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/authorization.h"

#include <gtest/gtest.h>

#include <string>

namespace espcap::http {
namespace {

using base::Secret;

std::string Shown(const Result<Secret>& made) {
  return made ? std::string(made->view()) : "error: " + made.error().message;
}

// As `printf user:password | base64` gives them.
TEST(Authorization, BasicIsBase64OfUserAndPassword) {
  struct Case {
    const char* user;
    const char* password;
    const char* header;
  };
  const Case cases[] = {
      {"elastic", "changeme", "Authorization: Basic ZWxhc3RpYzpjaGFuZ2VtZQ=="},
      {"a", "b", "Authorization: Basic YTpi"},
      {"a", "bc", "Authorization: Basic YTpiYw=="},
      {"gr\xC3\xBCn", "p:w/d @", "Authorization: Basic Z3LDvG46cDp3L2QgQA=="},
  };
  for (const Case& c : cases)
    EXPECT_EQ(Shown(BasicAuthorization(c.user, Secret(c.password))), c.header);
}

TEST(Authorization, AnApiKeyIsEncodedUnlessItIs) {
  EXPECT_EQ(Shown(ApiKeyAuthorization(Secret("VuaCfGcBCdbkQm:ui2lp2axTNmsyakw9tvNnw"))),
            "Authorization: ApiKey VnVhQ2ZHY0JDZGJrUW06dWkybHAyYXhUTm1zeWFrdzl0dk5udw==");
  EXPECT_EQ(
      Shown(ApiKeyAuthorization(Secret("VnVhQ2ZHY0JDZGJrUW06dWkybHAyYXhUTm1zeWFrdzl0dk5udw=="))),
      "Authorization: ApiKey VnVhQ2ZHY0JDZGJrUW06dWkybHAyYXhUTm1zeWFrdzl0dk5udw==");
}

TEST(Authorization, ABearerTokenGoesAsItIs) {
  EXPECT_EQ(Shown(BearerAuthorization(Secret("AAEAAWVsYXN0aWMva2liYW5h"))),
            "Authorization: Bearer AAEAAWVsYXN0aWMva2liYW5h");
}

// A line end would begin another header.
TEST(Authorization, WhatCannotBeSentIsAnErrorThatShowsNothing) {
  const Result<Secret> made[] = {
      BasicAuthorization("ela:stic", Secret("s3cret")),
      BasicAuthorization("elastic", Secret("s3cret\nX: y")),
      BasicAuthorization("ela\x7fstic", Secret("s3cret")),
      ApiKeyAuthorization(Secret("s3cret key")),
      ApiKeyAuthorization(Secret("id:s3cret\n")),
      BearerAuthorization(Secret("s3cret\r\nX: y")),
      BearerAuthorization(Secret("s3cret\xC3\xBC")),
  };
  for (const Result<Secret>& one : made) {
    ASSERT_FALSE(one);
    EXPECT_EQ(one.error().message.find("s3cret"), std::string::npos) << one.error().message;
  }
}

}  // namespace
}  // namespace espcap::http
