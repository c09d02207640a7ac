// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/answer_members.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bounded_json.h"

namespace espcap::elasticsearch {
namespace {

using Kind = AnswerMembers::Member::Kind;

TEST(AnswerMembers, AreFoundByTheirPlaces) {
  const auto members = AnswerMembers::Read(
      R"({"x":{"type":"no"},"error":{"y":[{"type":"no"},5],"type":"yes","z":{}},"status":400,)"
      R"("list":[1],"none":null})",
      kAnswerBounds, {"/error", "/error/type", "/type", "/status", "/list", "/none", "/error/z"});
  ASSERT_TRUE(members) << members.error().message;
  EXPECT_TRUE(members->at("/error").is(Kind::kObject));
  EXPECT_EQ(members->TextAt("/error/type"), "yes");
  EXPECT_TRUE(members->at("/type").is(Kind::kMissing));
  EXPECT_EQ(members->at("/status").integer, 400);
  EXPECT_TRUE(members->at("/list").is(Kind::kOther));
  EXPECT_TRUE(members->at("/none").is(Kind::kOther));
  EXPECT_TRUE(members->at("/error/z").is(Kind::kObject));
}

TEST(AnswerMembers, NoNameLeadsElsewhere) {
  base::JsonBounds bounds = kAnswerBounds;
#ifdef __SANITIZE_THREAD__
  bounds.time = base::JsonBounds::kAnyTime;  // it takes longer
#endif
  for (const std::string& body :
       {std::string(R"({"error/type":"no"})"), std::string(R"(["error",{"type":"no"}])"),
        std::string(R"([{"error":{"type":"no"}}])"), std::string(R"({"error":[{"type":"no"}]})"),
        std::string(R"({"":{"error":{"type":"no"}}})"),
        R"({")" + std::string(100'000, 'e') + R"(":{"type":"no"}})"}) {
    const auto members = AnswerMembers::Read(body, bounds, {"/error/type"});
    ASSERT_TRUE(members) << members.error().message;
    EXPECT_TRUE(members->at("/error/type").is(Kind::kMissing)) << body.substr(0, 100);
  }
}

TEST(AnswerMembers, ALongTextIsCutBetweenCharacters) {
  std::string euros;
  while (euros.size() < 3000) euros += "\xE2\x82\xAC";
  const auto members =
      AnswerMembers::Read(R"({"a":")" + euros + R"(","b":"x"})", kAnswerBounds, {"/a", "/b"});
  ASSERT_TRUE(members) << members.error().message;
  EXPECT_EQ(members->TextAt("/a"), euros.substr(0, 2046));
  EXPECT_EQ(members->TextAt("/b"), "x");
  EXPECT_EQ(Beginning("abc", 3), "abc");
  EXPECT_EQ(Beginning("abc", 2), "ab");
  EXPECT_EQ(Beginning(euros, 2), "");
}

TEST(AnswerMembers, AnAnswerBeyondItsBoundsIsAnError) {
  const auto fault = [](const std::string& body) {
    const auto members = AnswerMembers::Read(body, kAnswerBounds, {"/a"});
    return members ? "" : members.error().message;
  };
  EXPECT_EQ(fault(R"({"a":)" + std::string(500'000, '[')), "nested deeper than 64 levels");
  EXPECT_EQ(fault(std::string((1U << 20U) + 1, ' ')), "longer than 1048576 bytes");
}

}  // namespace
}  // namespace espcap::elasticsearch
