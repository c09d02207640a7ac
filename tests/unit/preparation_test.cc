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

constexpr const char* kNone = "{}";
constexpr const char* kOurs =
    R"({"index_templates":[{"name":"espcap-packets","index_template":{"index_patterns":["packets-*"],
        "priority":200}}]})";
constexpr const char* kTheirs =
    R"({"index_templates":[{"name":"all","index_template":{"index_patterns":["*"],"priority":900,
        "data_stream":{}}}]})";
constexpr const char* kFine =
    R"({"template":{"mappings":{"dynamic":"false","properties":{"espcap":{"properties":
        {"cut":{"type":"keyword"}}}}}}})";
constexpr const char* kNarrow =
    R"({"template":{"mappings":{"dynamic":"false","properties":{"espcap":{"properties":
        {"cut":{"type":"keyword"}}},"layers":{"properties":{"x":{"type":"flat_object"}}}}}}})";
const ServerIdentity kElasticsearch{"Elasticsearch", "8.15.5"};
const ServerIdentity kOpenSearch{"OpenSearch", "2.19.1"};

class Maker : public TemplateMaker {
 public:
  void Start(schema::Dialect dialect, schema::LabelType /*labels*/,
             bool makes_data_stream) override {
    dialect_ = dialect;
    makes_data_stream_ = makes_data_stream;
  }
  [[nodiscard]] int fd() const override { return 99; }
  std::optional<Result<schema::IndexTemplate>> Collect() override {
    if (turns_++ == 0) return std::nullopt;
    schema::IndexTemplate made;
    made.name = "espcap-packets";
    made.components = {{"a", "{}"}, {"b", "{}"}};
    made.body = "{}";
    return made;
  }

  schema::Dialect dialect_ = schema::Dialect::kElasticsearch;
  bool makes_data_stream_ = false;

 private:
  int turns_ = 0;
};

class PreparationTest : public ::testing::Test {
 protected:
  static Preparation::Options Options() {
    Preparation::Options options;
    options.index = "packets-1";
    options.own = {"packets-*", "espcap-packets", 200};
    return options;
  }
  static Preparation Make(Preparation::Options options = Options()) {
    return {std::move(options), std::make_unique<Maker>()};
  }
  static http::HttpResponse Answer(long status, const std::string& body = "{}",
                                   std::optional<seconds> retry_after = {}) {
    return {status, body, retry_after};
  }
  // Until a question whose path begins so; the ones before are answered with "there is nothing".
  void AnswerUntil(Preparation& preparation, const std::string& path) {
    for (int i = 0; i < 20; ++i) {
      const auto request = preparation.NextRequest(now_);
      ASSERT_TRUE(request) << path;
      if (request->path.starts_with(path)) return;
      ASSERT_EQ(preparation.HandleResponse(Answer(200, kNone), now_), Outcome::kProgress);
    }
    FAIL() << path;
  }
  // What a server has: the list of its templates, and what they give a new index.
  void AnswerAll(Preparation& preparation, const char* templates, const char* simulated) {
    while (preparation.state() == State::kAsking) {
      const std::string path = preparation.NextRequest(now_)->path;
      const char* body = path.starts_with("/_index_template?")         ? templates
                         : path.starts_with("/_index_template/_simul") ? simulated
                                                                       : kNone;
      preparation.HandleResponse(Answer(200, body), now_);
    }
  }
  void PutAll(Preparation& preparation) {
    ASSERT_TRUE(preparation.CollectTemplate());
    ASSERT_TRUE(preparation.CollectTemplate());
    while (preparation.state() == State::kPutting) {
      ASSERT_EQ(preparation.HandleResponse(Answer(200), now_), Outcome::kProgress);
    }
  }

  Time now_ = Time() + seconds(1000);
};

TEST_F(PreparationTest, WithNothingToAskItIsDoneAtOnce) {
  Preparation none = Make({});
  EXPECT_FALSE(none.done());
  EXPECT_FALSE(none.NextRequest(now_));
  none.Begin(kOpenSearch);
  EXPECT_TRUE(none.done());
  none.AddIndex("packets-1");
  EXPECT_EQ(none.state(), State::kDone);
}

TEST_F(PreparationTest, ATemplateThatIsThereIsLeftAlone) {
  Preparation preparation = Make();
  preparation.Begin(kElasticsearch);
  AnswerAll(preparation, kOurs, kFine);
  EXPECT_TRUE(preparation.done());
  EXPECT_EQ(preparation.template_outcome(), "already there");
  EXPECT_EQ(preparation.found().needs.value_bytes, 0U);
  EXPECT_TRUE(preparation.DrainWarnings().empty());
}

// Of an earlier release: the template gets a component more, the index the fields.
class UpdateTest : public PreparationTest {
 protected:
  static std::string Listing(const std::string& meta) {
    return R"({"index_templates":[{"name":"espcap-packets","index_template":{"index_patterns":)"
           R"(["packets-*"],"priority":200,"_meta":)" +
           meta + "}}]}";
  }
  static Preparation MakeUpdating() {
    Preparation::Options options = Options();
    options.has_provenance = true;
    return Make(std::move(options));
  }
  // As above, and an index that is there and is espcap's.
  void AnswerInquiry(Preparation& preparation, const std::string& templates) {
    constexpr const char* kIndex = R"({"indices":[{"name":"packets-1"}]})";
    constexpr const char* kMapped = R"({"packets-1":{"mappings":{"dynamic":"false","properties":
        {"espcap":{"properties":{"cut":{"type":"keyword"}}}}}}})";
    while (preparation.state() == State::kAsking) {
      const std::string path = preparation.NextRequest(now_)->path;
      std::string body = kNone;
      if (path.starts_with("/_resolve")) body = kIndex;
      if (path.starts_with("/_index_template?")) body = templates;
      if (path.starts_with("/_index_template/_simul")) body = kFine;
      if (path.starts_with("/packets-1?")) body = kMapped;
      preparation.HandleResponse(Answer(200, body), now_);
    }
  }
  static constexpr const char* kBody = R"({"index_templates":[{"index_template":{
      "index_patterns":["packets-*"],"priority":300,"composed_of":["mine"],"created_date":7,
      "_meta":{"espcap":"0.1.0"}}}]})";
};

TEST_F(UpdateTest, ATemplateOfAnEarlierReleaseGetsWhatItLacks) {
  Preparation preparation = MakeUpdating();
  preparation.Begin(kElasticsearch);
  AnswerInquiry(preparation, Listing(R"({"espcap":"0.1.0"})"));
  EXPECT_FALSE(preparation.done());
  struct Step {
    const char* method;
    const char* path;
    const char* answer;
    const char* in_body;
  };
  const Step steps[] = {
      {"GET", "/_index_template/espcap-packets", kBody, ""},
      {"PUT", "/_component_template/espcap-packets-provenance", kNone, R"("template_revision":)"},
      {"PUT", "/_index_template/espcap-packets", kNone,
       R"("composed_of":["mine","espcap-packets-provenance"])"},
      {"PUT", "/packets-1/_mapping", kNone, R"("sensor":{)"},
  };
  for (const Step& step : steps) {
    ASSERT_EQ(preparation.state(), State::kUpdating) << step.path;
    const auto request = preparation.NextRequest(now_);
    EXPECT_STREQ(request->method, step.method);
    EXPECT_EQ(request->path, step.path);
    const std::string body(request->body);
    EXPECT_NE(body.find(step.in_body), std::string::npos) << body;
    EXPECT_EQ(body.find("created_date"), std::string::npos) << body;
    EXPECT_EQ(preparation.HandleResponse(Answer(200, step.answer), now_), Outcome::kProgress);
  }
  EXPECT_TRUE(preparation.done());
  EXPECT_NE(preparation.template_outcome().find("espcap-packets is there"), std::string::npos);
  EXPECT_TRUE(preparation.DrainWarnings().empty());
}

TEST_F(UpdateTest, ATemplateOfThisOrALaterReleaseOrOfOthersIsLeft) {
  for (const char* meta : {R"({"espcap":"9","template_revision":2})",
                           R"({"espcap":"9","template_revision":99})", "{}"}) {
    Preparation preparation = MakeUpdating();
    preparation.Begin(kElasticsearch);
    AnswerInquiry(preparation, Listing(meta));
    ASSERT_EQ(preparation.state(), State::kUpdating) << meta;
    EXPECT_EQ(preparation.NextRequest(now_)->path, "/packets-1/_mapping") << meta;
  }
}

TEST_F(UpdateTest, NothingIsChangedUnasked) {
  for (const bool installs : {false, true}) {
    Preparation::Options options = Options();
    options.has_provenance = !installs;
    options.install_template = installs;
    Preparation preparation = Make(std::move(options));
    preparation.Begin(kElasticsearch);
    AnswerInquiry(preparation, Listing(R"({"espcap":"0.1.0"})"));
    EXPECT_TRUE(preparation.done()) << installs;
  }
}

TEST_F(UpdateTest, ARefusalIsSaidOnceAndHoldsUpNothing) {
  Preparation preparation = MakeUpdating();
  preparation.Begin(kElasticsearch);
  AnswerInquiry(preparation, Listing(R"({"espcap":"0.1.0"})"));
  EXPECT_EQ(preparation.HandleResponse(Answer(403), now_), Outcome::kProgress);
  EXPECT_EQ(preparation.NextRequest(now_)->path, "/packets-1/_mapping");
  EXPECT_EQ(preparation.HandleResponse(Answer(403), now_), Outcome::kProgress);
  EXPECT_TRUE(preparation.done());
  EXPECT_EQ(preparation.DrainWarnings().size(), 2U) << "the template, and the index";
  preparation.AddIndex("packets-2");
  AnswerInquiry(preparation, kNone);
  ASSERT_EQ(preparation.state(), State::kUpdating);
  EXPECT_EQ(preparation.HandleResponse(Answer(403), now_), Outcome::kProgress);
  EXPECT_EQ(preparation.state(), State::kDone);
  EXPECT_TRUE(preparation.DrainWarnings().empty());
}

TEST_F(PreparationTest, ATemplateThatIsMissingIsMadeAndPutPartByPart) {
  Preparation preparation = Make();
  preparation.Begin(kElasticsearch);
  EXPECT_EQ(preparation.maker_fd(), -1);
  AnswerAll(preparation, kNone, kNone);
  EXPECT_EQ(preparation.state(), State::kMaking);
  EXPECT_EQ(preparation.maker_fd(), 99);
  EXPECT_FALSE(preparation.NextRequest(now_));
  ASSERT_TRUE(preparation.CollectTemplate());
  EXPECT_EQ(preparation.state(), State::kMaking);
  ASSERT_TRUE(preparation.CollectTemplate());
  for (const char* path :
       {"/_component_template/a", "/_component_template/b", "/_index_template/espcap-packets"}) {
    EXPECT_FALSE(preparation.done());
    const auto put = preparation.NextRequest(now_);
    ASSERT_TRUE(put);
    EXPECT_STREQ(put->method, "PUT");
    EXPECT_EQ(put->path, path);
    EXPECT_EQ(preparation.HandleResponse(Answer(200), now_), Outcome::kProgress);
  }
  EXPECT_TRUE(preparation.done());
  EXPECT_EQ(preparation.template_outcome(), "installed as espcap-packets");
}

TEST_F(PreparationTest, WhatIsInTheWayIsSaidBeforeTheFirstDocument) {
  Preparation preparation = Make();
  preparation.Begin(kElasticsearch);
  AnswerAll(preparation, kTheirs, kNone);
  EXPECT_TRUE(preparation.DrainWarnings().empty());
  PutAll(preparation);
  EXPECT_EQ(preparation.DrainWarnings().size(), 1U);
  EXPECT_TRUE(preparation.found().needs.timestamp);
}

TEST_F(PreparationTest, DocumentsThatHaveATimestampNeedNone) {
  Preparation::Options options = Options();
  options.has_timestamp = true;
  Preparation preparation = Make(options);
  preparation.Begin(kElasticsearch);
  AnswerAll(preparation, kTheirs, kNone);
  PutAll(preparation);
  EXPECT_FALSE(preparation.found().needs.timestamp);
}

TEST_F(PreparationTest, EachFurtherIndexIsAskedAboutOnce) {
  Preparation preparation = Make();
  preparation.AddIndex("packets-2");
  preparation.Begin(kElasticsearch);
  AnswerAll(preparation, kOurs, kFine);
  EXPECT_TRUE(preparation.done());
  preparation.AddIndex("packets-1");
  preparation.AddIndex("packets-2");
  preparation.AddIndex("no/index");
  EXPECT_EQ(preparation.state(), State::kDone);
  preparation.AddIndex("packets-3");
  EXPECT_EQ(preparation.state(), State::kAsking);
  EXPECT_TRUE(preparation.done());
  EXPECT_EQ(preparation.NextRequest(now_)->path, "/_resolve/index/packets-3");
  AnswerAll(preparation, kTheirs, kNone);
  const auto warnings = preparation.DrainWarnings();
  ASSERT_EQ(warnings.size(), 2U);  // documents of this one needed a timestamp
  EXPECT_NE(warnings[0].find("index packets-3: it is a data stream"), std::string::npos);
  EXPECT_NE(warnings[1].find("the template all (priority 900)"), std::string::npos);
}

TEST_F(PreparationTest, NamesOfIndicesAreBounded) {
  Preparation preparation = Make();
  for (size_t i = 0; i < IndexNames::kMax + 5; ++i)
    preparation.AddIndex("lab-" + std::to_string(i));
  EXPECT_EQ(preparation.DrainWarnings().size(), 1U);
}

TEST_F(PreparationTest, WhatNoDocumentGetsPastIsRefused) {
  Preparation::Options options = Options();
  options.pipeline = "p";
  Preparation preparation = Make(options);
  preparation.Begin(kElasticsearch);
  AnswerUntil(preparation, "/_ingest/pipeline/p");
  EXPECT_EQ(preparation.HandleResponse(Answer(404), now_), Outcome::kRefused);
  EXPECT_NE(preparation.problem().find("--pipeline p"), std::string::npos);
  EXPECT_FALSE(preparation.NextRequest(now_));  // asked again, for a spool
  now_ = *preparation.NextTime(now_);
  AnswerUntil(preparation, "/_ingest/pipeline/p");
  EXPECT_EQ(preparation.HandleResponse(Answer(200), now_), Outcome::kProgress);
  EXPECT_EQ(preparation.state(), State::kMaking);
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
      {400, Outcome::kProgress, false}, {401, Outcome::kProgress, false},
      {403, Outcome::kProgress, false}, {404, Outcome::kProgress, false},
      {405, Outcome::kProgress, false}, {429, Outcome::kAgain, true},
      {503, Outcome::kAgain, true},     {400, Outcome::kRefused, true},
      {403, Outcome::kRefused, true},   {404, Outcome::kRefused, true},
  };
  for (const char* question :
       {"/_resolve/", "/_index_template?", "/_template", "/_index_template/_sim"}) {
    for (const Case& c : cases) {
      SCOPED_TRACE(question + std::to_string(c.status));
      Preparation preparation = Make();
      preparation.Begin(kElasticsearch);
      if (c.is_installing) {
        AnswerAll(preparation, kNone, kNone);
        ASSERT_TRUE(preparation.CollectTemplate());
        ASSERT_TRUE(preparation.CollectTemplate());
      } else {
        AnswerUntil(preparation, question);
      }
      const State before = preparation.state();
      EXPECT_EQ(preparation.HandleResponse(Answer(c.status, R"({"error":"why"})"), now_),
                c.outcome);
      const bool is_skipped = c.outcome == Outcome::kProgress && c.status != 404 && c.status != 405;
      EXPECT_EQ(preparation.DrainWarnings().size(), is_skipped ? 1U : 0U);
      if (c.outcome == Outcome::kProgress) continue;
      EXPECT_EQ(preparation.state(), before);
      EXPECT_NE(preparation.problem().find(std::to_string(c.status) + " (why)"), std::string::npos)
          << preparation.problem();
      EXPECT_FALSE(preparation.NextRequest(now_));  // not at once
      ASSERT_TRUE(preparation.NextTime(now_));
      EXPECT_TRUE(preparation.NextRequest(*preparation.NextTime(now_)));
    }
  }
}

// It could be there: only a server that has none takes one from there.
TEST_F(PreparationTest, WhereNothingIsAnsweredTheTemplateIsPutBesideNone) {
  Preparation preparation = Make();
  preparation.Begin(kElasticsearch);
  int asked = 0;
  for (; preparation.state() == State::kAsking; ++asked) {
    ASSERT_EQ(preparation.HandleResponse(Answer(403), now_), Outcome::kProgress);
  }
  EXPECT_EQ(preparation.DrainWarnings().size(), static_cast<size_t>(asked));
  ASSERT_TRUE(preparation.CollectTemplate());
  ASSERT_TRUE(preparation.CollectTemplate());
  EXPECT_EQ(preparation.NextRequest(now_)->path, "/_component_template/a?create=true");
  const http::HttpResponse exists =
      Answer(400, R"({"error":{"type":"e","reason":"index template [x] already exists"}})");
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(preparation.done());
    EXPECT_EQ(preparation.HandleResponse(exists, now_), Outcome::kProgress);
  }
  EXPECT_TRUE(preparation.done());
  EXPECT_EQ(preparation.template_outcome(), "already there");
  preparation.AddIndex("packets-2");
  while (preparation.state() == State::kAsking) preparation.HandleResponse(Answer(403), now_);
  EXPECT_TRUE(preparation.DrainWarnings().empty());  // it was said
}

TEST_F(PreparationTest, AConflictNamesTheWayOut) {
  Preparation preparation = Make();
  preparation.Begin(kElasticsearch);
  AnswerAll(preparation, kNone, kNone);
  ASSERT_TRUE(preparation.CollectTemplate());
  ASSERT_TRUE(preparation.CollectTemplate());
  EXPECT_EQ(preparation.HandleResponse(Answer(403), now_), Outcome::kRefused);
  EXPECT_NE(preparation.problem().find("; --no-template sends"), std::string::npos);
  preparation.HandleResponse(Answer(400, R"({"error":"x [y] that have the same priority [200]"})"),
                             now_);
  EXPECT_NE(preparation.problem().find("--template-priority N"), std::string::npos);
}

TEST_F(PreparationTest, WaitsLongerEachTimeAndAsLongAsItIsAskedTo) {
  Preparation preparation = Make();
  preparation.Begin(kElasticsearch);
  preparation.HandleFailure("gone", false, now_);
  const Time first = *preparation.NextTime(now_);
  preparation.HandleFailure("gone", false, first);
  EXPECT_GT(*preparation.NextTime(first) - first, first - now_);
  preparation.HandleResponse(Answer(429, "{}", seconds(7)), now_);
  EXPECT_GE(*preparation.NextTime(now_), now_ + seconds(7));
  preparation.HandleResponse(Answer(429, "{}", seconds(100'000)), now_);
  EXPECT_LE(*preparation.NextTime(now_), now_ + seconds(60));
}

TEST_F(PreparationTest, AnAnswerThatCannotBeReadIsAskedForAgainAndThenSkipped) {
  for (const auto& [body, fault] :
       {std::pair{std::string("<html>"), "no JSON"}, std::pair{std::string(), "no JSON"},
        std::pair{R"({"template":)" + std::string(500'000, '['), "nested deeper than 64 levels"},
        std::pair{std::string(2U << 20U, ' '), "longer than 1048576 bytes"}}) {
    Preparation preparation = Make();
    preparation.Begin(kElasticsearch);
    AnswerUntil(preparation, "/_index_template/_simulate");
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(preparation.HandleResponse(Answer(200, body), now_), Outcome::kAgain);
      EXPECT_EQ(preparation.problem(),
                std::string("look for the template of packets-1: the answer is ") + fault);
      EXPECT_EQ(preparation.state(), State::kAsking);
      EXPECT_FALSE(preparation.NextRequest(now_));
      now_ = *preparation.NextTime(now_);
      EXPECT_TRUE(preparation.NextRequest(now_));
    }
    EXPECT_EQ(preparation.HandleResponse(Answer(200, body), now_), Outcome::kProgress);
    EXPECT_EQ(preparation.DrainWarnings().size(), 1U);
    EXPECT_EQ(preparation.state(), State::kMaking);
  }
}

TEST_F(PreparationTest, DocumentsWaitForALaterAnswerOnlySoLong) {
  struct Case {
    const char* what;
    bool is_busy;
    bool is_too_long;
    int tries;
  };
  for (const Case& c : {Case{"busy", true, false, 3}, Case{"gone", false, false, 3},
                        Case{"too long", false, true, 5}}) {
    Preparation preparation = Make();
    preparation.Begin(kElasticsearch);
    AnswerAll(preparation, kOurs, kFine);
    preparation.AddIndex("packets-2");
    for (int i = 0; i < c.tries; ++i) {
      EXPECT_EQ(preparation.NextRequest(now_)->path, "/_resolve/index/packets-2") << c.what << i;
      if (c.is_busy) {
        preparation.HandleResponse(Answer(503), now_);
      } else {
        preparation.HandleFailure("why", c.is_too_long, now_);
      }
      now_ += seconds(6);
    }
    EXPECT_TRUE(preparation.NextRequest(now_)->path.starts_with("/_index_template?")) << c.what;
  }
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
                        {kOpenSearch, kFine, true, false},
                        {kElasticsearch, kNarrow, true, false}};
  for (const Case& c : cases) {
    Preparation::Options options = Options();
    options.learn_value_limit = c.learn;
    Preparation preparation = Make(options);
    preparation.Begin(c.identity);
    AnswerAll(preparation, kOurs, c.answer);
    EXPECT_TRUE(preparation.done());
    EXPECT_EQ(preparation.found().needs.value_bytes != 0, c.has_limit);
  }
}

// The answers would only have been good to know.
TEST_F(PreparationTest, WithoutATemplateToInstallRefusalsAreNoObstacle) {
  Preparation::Options options = Options();
  options.install_template = false;
  Preparation preparation = Make(options);
  preparation.Begin(kOpenSearch);
  while (preparation.state() == State::kAsking) {
    EXPECT_EQ(preparation.HandleResponse(Answer(403), now_), Outcome::kProgress);
  }
  EXPECT_TRUE(preparation.done());
  EXPECT_TRUE(preparation.template_outcome().empty());
}

}  // namespace
}  // namespace espcap::elasticsearch
