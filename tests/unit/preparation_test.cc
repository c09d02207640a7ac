// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/preparation.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace espcap::elasticsearch {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Outcome = Preparation::Outcome;
using State = Preparation::State;
using Time = Preparation::Time;

constexpr const char* kNone = R"({"overlapping":[]})";
constexpr const char* kThere = R"({"template":{"settings":{}}})";
constexpr const char* kNarrow =
    R"({"template":{"mappings":{"properties":{"layers":{"type":"flat_object"}}}}})";
const ServerIdentity kElasticsearch{"Elasticsearch", "8.15.5"};
const ServerIdentity kOpenSearch{"OpenSearch", "2.19.1"};

class Maker : public TemplateMaker {
 public:
  Result<void> Start(schema::Dialect dialect) override {
    dialect_ = dialect;
    return {};
  }
  [[nodiscard]] int fd() const override { return 99; }
  std::optional<Result<schema::IndexTemplate>> Take() override {
    if (turns_++ == 0) return std::nullopt;
    schema::IndexTemplate made;
    made.name = "espcap-packets";
    made.components = {{"a", "{}"}, {"b", "{}"}};
    made.body = "{}";
    return made;
  }

  schema::Dialect dialect_ = schema::Dialect::kElasticsearch;

 private:
  int turns_ = 0;
};

class PreparationTest : public ::testing::Test {
 protected:
  static Preparation Make(bool install = true, bool learn = true) {
    return {{"packets-*", install, learn}, std::make_unique<Maker>()};
  }
  static http::HttpResponse Answer(long status, const std::string& body = "{}",
                                   std::optional<seconds> retry_after = {}) {
    return {status, body, retry_after};
  }

  Time now_ = Time() + seconds(1000);
};

TEST_F(PreparationTest, WithNothingToAskItIsDoneAtOnce) {
  Preparation none = Make(false, false);
  EXPECT_FALSE(none.done());
  EXPECT_FALSE(none.NextRequest(now_));
  none.Begin(kOpenSearch);
  EXPECT_TRUE(none.done());
  Preparation no_limits = Make(false, true);
  no_limits.Begin(kElasticsearch);
  EXPECT_TRUE(no_limits.done());
}

TEST_F(PreparationTest, ATemplateThatIsThereIsLeftAlone) {
  Preparation preparation = Make();
  preparation.Begin(kElasticsearch);
  const auto question = preparation.NextRequest(now_);
  ASSERT_TRUE(question);
  EXPECT_EQ(question->path, "/_index_template/_simulate_index/packets-0");
  EXPECT_EQ(preparation.TakeResponse(Answer(200, kThere), now_), Outcome::kProgress);
  EXPECT_TRUE(preparation.done());
  EXPECT_EQ(preparation.template_outcome(), "already there");
  EXPECT_FALSE(preparation.value_limit());
}

TEST_F(PreparationTest, ATemplateThatIsMissingIsMadeAndPutPartByPart) {
  Preparation preparation = Make();
  preparation.Begin(kElasticsearch);
  EXPECT_EQ(preparation.maker_fd(), -1);
  EXPECT_EQ(preparation.TakeResponse(Answer(200, kNone), now_), Outcome::kProgress);
  EXPECT_EQ(preparation.state(), State::kMaking);
  EXPECT_EQ(preparation.maker_fd(), 99);
  EXPECT_FALSE(preparation.NextRequest(now_));
  ASSERT_TRUE(preparation.TakeTemplate());
  EXPECT_EQ(preparation.state(), State::kMaking);
  ASSERT_TRUE(preparation.TakeTemplate());
  for (const char* path :
       {"/_component_template/a", "/_component_template/b", "/_index_template/espcap-packets"}) {
    EXPECT_FALSE(preparation.done());
    const auto put = preparation.NextRequest(now_);
    ASSERT_TRUE(put);
    EXPECT_STREQ(put->method, "PUT");
    EXPECT_EQ(put->path, path);
    EXPECT_EQ(preparation.TakeResponse(Answer(200), now_), Outcome::kProgress);
  }
  EXPECT_TRUE(preparation.done());
  EXPECT_EQ(preparation.template_outcome(), "installed as espcap-packets");
}

TEST_F(PreparationTest, WhatFollowsFromAnAnswer) {
  struct Case {
    long status;
    Outcome outcome;
    bool is_installing;  // or asking
  };
  const Case cases[] = {
      {429, Outcome::kAgain, false},    {500, Outcome::kAgain, false},
      {502, Outcome::kAgain, false},    {503, Outcome::kAgain, false},
      {400, Outcome::kRefused, false},  {401, Outcome::kRefused, false},
      {403, Outcome::kRefused, false},  {404, Outcome::kProgress, false},
      {405, Outcome::kProgress, false}, {429, Outcome::kAgain, true},
      {503, Outcome::kAgain, true},     {400, Outcome::kRefused, true},
      {403, Outcome::kRefused, true},   {404, Outcome::kRefused, true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.status);
    Preparation preparation = Make();
    preparation.Begin(kElasticsearch);
    if (c.is_installing) {
      ASSERT_EQ(preparation.TakeResponse(Answer(200, kNone), now_), Outcome::kProgress);
      ASSERT_TRUE(preparation.TakeTemplate());
      ASSERT_TRUE(preparation.TakeTemplate());
    }
    const State before = preparation.state();
    EXPECT_EQ(preparation.TakeResponse(Answer(c.status, R"({"error":"why"})"), now_), c.outcome);
    if (c.outcome == Outcome::kProgress) continue;
    EXPECT_EQ(preparation.state(), before);
    EXPECT_NE(preparation.problem().find(std::to_string(c.status) + " (why)"), std::string::npos)
        << preparation.problem();
    EXPECT_FALSE(preparation.NextRequest(now_));  // not at once
    ASSERT_TRUE(preparation.NextTime(now_));
    EXPECT_TRUE(preparation.NextRequest(*preparation.NextTime(now_)));
  }
}

TEST_F(PreparationTest, WaitsLongerEachTimeAndAsLongAsItIsAskedTo) {
  Preparation preparation = Make();
  preparation.Begin(kElasticsearch);
  preparation.TakeFailure(now_);
  const Time first = *preparation.NextTime(now_);
  preparation.TakeFailure(first);
  EXPECT_GT(*preparation.NextTime(first) - first, first - now_);
  preparation.TakeResponse(Answer(429, "{}", seconds(7)), now_);
  EXPECT_GE(*preparation.NextTime(now_), now_ + seconds(7));
  preparation.TakeResponse(Answer(429, "{}", seconds(100'000)), now_);
  EXPECT_LE(*preparation.NextTime(now_), now_ + seconds(60));
}

TEST_F(PreparationTest, AnAnswerThatCannotBeReadIsAskedForAgain) {
  Preparation preparation = Make();
  preparation.Begin(kElasticsearch);
  for (const auto& [body, fault] :
       {std::pair{std::string("<html>"), "no JSON"}, std::pair{std::string(), "no JSON"},
        std::pair{R"({"template":)" + std::string(500'000, '['), "nested deeper than 256 levels"},
        std::pair{std::string(9U << 20U, ' '), "longer than 8388608 bytes"}}) {
    EXPECT_EQ(preparation.TakeResponse(Answer(200, body), now_), Outcome::kAgain);
    EXPECT_EQ(preparation.problem(),
              std::string("look for the template of packets-*: the answer is ") + fault);
    EXPECT_EQ(preparation.state(), State::kAsking);
    EXPECT_FALSE(preparation.NextRequest(now_));
    now_ = *preparation.NextTime(now_);
    EXPECT_TRUE(preparation.NextRequest(now_));
  }
  EXPECT_EQ(preparation.TakeResponse(Answer(200, kThere), now_), Outcome::kProgress);
  EXPECT_TRUE(preparation.done());
}

TEST_F(PreparationTest, OnlyAnOpenSearchWithAFlatObjectHasALimit) {
  struct Case {
    ServerIdentity identity;
    const char* answer;
    bool learn;
    bool has_limit;
  };
  const Case cases[] = {{kOpenSearch, kNarrow, true, true},
                        {kOpenSearch, kNarrow, false, false},
                        {kOpenSearch, kThere, true, false},
                        {kElasticsearch, kNarrow, true, false}};
  for (const Case& c : cases) {
    Preparation preparation = Make(true, c.learn);
    preparation.Begin(c.identity);
    preparation.TakeResponse(Answer(200, c.answer), now_);
    EXPECT_TRUE(preparation.done());
    EXPECT_EQ(preparation.value_limit().has_value(), c.has_limit);
  }
}

// The answer would only have been good to know.
TEST_F(PreparationTest, WithoutATemplateToInstallARefusalIsNoObstacle) {
  Preparation preparation = Make(false, true);
  preparation.Begin(kOpenSearch);
  EXPECT_EQ(preparation.TakeResponse(Answer(403), now_), Outcome::kProgress);
  EXPECT_TRUE(preparation.done());
}

}  // namespace
}  // namespace espcap::elasticsearch
