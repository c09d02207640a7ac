// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/index_inquiry.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace espcap::elasticsearch {
namespace {

using Kind = IndexState::Kind;

// What a server answers to questions whose path begins so.
using Answers = std::vector<std::pair<std::string, http::HttpResponse>>;

// The paths that were asked for, without what follows a question mark.
std::vector<std::string> AskAll(IndexInquiry& inquiry, const Answers& answers) {
  std::vector<std::string> asked;
  while (!inquiry.done() && asked.size() < 20) {
    std::string path = inquiry.NextRequest().path;
    path = path.substr(0, path.find('?'));
    asked.push_back(path);
    http::HttpResponse response{404, "{}"};
    for (const auto& [beginning, answer] : answers) {
      if (path.starts_with(beginning)) response = answer;
    }
    EXPECT_TRUE(inquiry.HandleResponse(response)) << path;
  }
  return asked;
}

const http::HttpResponse kNone{200, R"({"indices":[],"aliases":[],"data_streams":[]})"};
const http::HttpResponse kCatchAll{
    200, R"({"index_templates":[{"name":"all","index_template":{"index_patterns":["*"]}}]})"};

TEST(IndexInquiry, OfANewIndexAsksForTemplates) {
  IndexInquiry inquiry({"packets-1", {}, true});
  EXPECT_EQ(AskAll(inquiry, {{"/_resolve", kNone},
                             {"/_template", {200, R"({"old":{"index_patterns":["packets-*"]},
                                                      "x":{"index_patterns":["x"]}})"}}}),
            (std::vector<std::string>{"/_resolve/index/packets-1", "/_index_template", "/_template",
                                      "/_index_template/_simulate_index/packets-1"}));
  const IndexState& index_state = inquiry.index_state();
  EXPECT_EQ(index_state.kind, Kind::kNone);
  EXPECT_EQ(index_state.legacy, std::vector<std::string>{"old"});
  EXPECT_EQ(index_state.has_template, false);
  EXPECT_EQ(index_state.Winner(), nullptr);
  EXPECT_FALSE(index_state.wants_timestamp);
}

TEST(IndexInquiry, WhereAComposableTemplateIsNoLegacyOneApplies) {
  IndexInquiry inquiry({"packets-1", {}, true});
  const auto asked = AskAll(inquiry, {{"/_index_template", kCatchAll},
                                      {"/_index_template/_simulate",
                                       {200, R"({"template":{"settings":{},"aliases":{}}})"}}});
  EXPECT_EQ(asked.size(), 3U);
  EXPECT_EQ(inquiry.index_state().Winner()->name, "all");
  EXPECT_EQ(inquiry.index_state().has_template, true);
  EXPECT_EQ(inquiry.index_state().template_fault, "fields are mapped as they come");
}

TEST(IndexInquiry, ATemplateMakesItADataStream) {
  IndexInquiry inquiry({"packets-1", {}, true});
  AskAll(inquiry, {{"/_index_template", {200, R"({"index_templates":[{"name":"ds","index_template":
      {"index_patterns":["packets-*"],"data_stream":{"hidden":false}}}]})"}}});
  EXPECT_TRUE(inquiry.index_state().wants_timestamp);
}

TEST(IndexInquiry, OfAnIndexAsksForItsFieldsAndPipelines) {
  const Answers answers = {
      {"/_resolve", {200, R"({"indices":[{"name":"lab","attributes":["open"]}]})"}},
      {"/lab",
       {200, R"({"lab":{"mappings":{"properties":{"layers":{"properties":{"ip":{"properties":
          {"ip_ip_src":{"type":"text"}}}}}}},
          "settings":{"index":{"default_pipeline":"d","final_pipeline":"f"}}}})"}},
      {"/_ingest/pipeline/f", {200, "{}"}},
  };
  struct Case {
    const char* pipeline;
    bool is_first;
    std::vector<std::string> asked;
    std::vector<std::string> missing;
  };
  const Case cases[] = {
      {"",
       false,
       {"/_resolve/index/lab", "/lab", "/_ingest/pipeline/f", "/_ingest/pipeline/d"},
       {"d"}},
      {"p", false, {"/_resolve/index/lab", "/lab", "/_ingest/pipeline/f"}, {}},
      {"_none", false, {"/_resolve/index/lab", "/lab", "/_ingest/pipeline/f"}, {}},
      {"p",
       true,
       {"/_resolve/index/lab", "/_index_template", "/_template",
        "/_index_template/_simulate_index/lab", "/lab", "/_ingest/pipeline/f",
        "/_ingest/pipeline/p"},
       {"p"}},
  };
  for (const Case& c : cases) {
    IndexInquiry inquiry({"lab", c.pipeline, c.is_first});
    EXPECT_EQ(AskAll(inquiry, answers), c.asked) << c.pipeline;
    EXPECT_EQ(inquiry.index_state().missing_pipelines, c.missing);
    EXPECT_EQ(inquiry.index_state().write_fault, "layers.ip.ip_ip_src is text in place of ip");
  }
}

TEST(IndexInquiry, OfADataStreamItIsTheNewestIndexThatCounts) {
  IndexInquiry inquiry({"stream", {}, true});
  EXPECT_EQ(AskAll(inquiry, {{"/_resolve", {200, R"({"data_streams":[{"name":"stream",
                "backing_indices":[".ds-1",".ds-2"]}]})"}}}),
            (std::vector<std::string>{"/_resolve/index/stream", "/.ds-2"}));
  EXPECT_EQ(inquiry.index_state().kind, Kind::kDataStream);
  EXPECT_TRUE(inquiry.index_state().wants_timestamp);
}

TEST(IndexInquiry, OfAnAliasItIsTheIndexThatIsWrittenTo) {
  struct Case {
    const char* alias;
    const char* write_index;
    bool has_write_index;
  };
  const Case cases[] = {
      {R"({"a":{"aliases":{"lab":{}}}})", "a", true},
      {R"({"a":{"aliases":{"lab":{}}},"b":{"aliases":{"lab":{"is_write_index":true}}}})", "b",
       true},
      {R"({"a":{"aliases":{"lab":{}}},"b":{"aliases":{"lab":{}}}})", "", false},
      {R"({"a":{"aliases":{"lab":{"is_write_index":false}}}})", "", false},
  };
  for (const Case& c : cases) {
    IndexInquiry inquiry({"lab", {}, true});
    AskAll(inquiry,
           {{"/_resolve/index/lab", {200, R"({"aliases":[{"name":"lab","indices":["a"]}]})"}},
            {"/_alias", {200, c.alias}}});
    EXPECT_EQ(inquiry.index_state().kind, Kind::kAlias);
    EXPECT_EQ(inquiry.index_state().write_index, c.write_index) << c.alias;
    EXPECT_EQ(inquiry.index_state().has_write_index, c.has_write_index) << c.alias;
  }
  IndexInquiry of_stream({"lab", {}, true});
  AskAll(of_stream,
         {{"/_resolve/index/lab", {200, R"({"aliases":[{"name":"lab","indices":[".ds-1"]}]})"}},
          {"/_alias", {200, R"({"stream":{"aliases":{"lab":{}}}})"}},
          {"/_resolve/index/stream",
           {200, R"({"data_streams":[{"name":"stream","backing_indices":[".ds-1"]}]})"}}});
  EXPECT_TRUE(of_stream.index_state().wants_timestamp);
  EXPECT_EQ(of_stream.index_state().write_index, ".ds-1");
}

TEST(IndexInquiry, GoesOnWithoutAnyAnswer) {
  IndexInquiry inquiry({"packets-1", "p", true});
  int skipped = 0;
  for (; !inquiry.done(); ++skipped) inquiry.Skip();
  EXPECT_EQ(skipped, 5);
  EXPECT_FALSE(inquiry.index_state().composable);
  EXPECT_FALSE(inquiry.index_state().has_template);
  EXPECT_TRUE(inquiry.index_state().missing_pipelines.empty());
}

TEST(IndexInquiry, StrangeAnswersAreErrorsOrNothing) {
  for (const char* body : {"", "<html>", "[]", "7", "{"}) {
    IndexInquiry inquiry({"packets-1", {}, true});
    EXPECT_FALSE(inquiry.HandleResponse({200, body})) << body;
  }
  for (const char* body : {R"({"data_streams":[7]})", R"({"aliases":{}})", R"({"indices":[[]]})",
                           R"({"index_templates":[[]],"template":[],"lab":7})"}) {
    IndexInquiry inquiry({"lab", {}, true});
    AskAll(inquiry, {{"/", {200, body}}});
    EXPECT_TRUE(inquiry.done()) << body;
  }
}

TEST(IndexInquiry, WithoutAnIndexOnlyThePipelineIsAskedFor) {
  IndexInquiry none({{}, {}, true});
  EXPECT_TRUE(none.done());
  IndexInquiry pipeline({{}, "p", true});
  EXPECT_EQ(AskAll(pipeline, {}), std::vector<std::string>{"/_ingest/pipeline/p"});
}

}  // namespace
}  // namespace espcap::elasticsearch
