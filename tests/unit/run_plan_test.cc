// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/run_plan.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/run_description.h"

namespace espcap::app {
namespace {

using Texts = std::vector<std::string>;

TEST(RunPlan, IsWhatTheRunsDocumentSays) {
  cli::CaptureSettings settings;
  settings.nodes = {"localhost"};
  settings.dissection = {.preferences = {"tcp.a:TRUE", "dtls.psk:0123"},
                         .decode_as = {"udp.port==53,data"},
                         .enable_protocols = {"a"},
                         .disable_protocols = {"b"},
                         .enable_heuristics = {"c"},
                         .disable_heuristics = {"d"},
                         .no_name_resolution = true,
                         .name_resolution = "mN"};
  settings.capture_filter = "udp";
  settings.display_filter = "dns";
  settings.two_pass = true;
  settings.duplicate_window = std::chrono::milliseconds(1);
  settings.hex = settings.typed = settings.ecs = settings.columns = settings.value_strings = true;
  settings.limits = {.depth = 7, .bytes = 8, .value_bytes = 9, .values = 10};
  const auto run = ReadRunPlan(
      DescribeRun(settings, {.run = "0a", .sensor = "s", .tags = {"t"}, .labels = {{"k", "v"}}}));
  ASSERT_TRUE(run) << run.error().message;
  const retrieve::ViewDissection& dissection = run->plan.dissection;
  EXPECT_EQ(dissection.preferences_of_run, Texts{"tcp.a:TRUE"});
  EXPECT_TRUE(dissection.preferences.empty());
  EXPECT_EQ(dissection.decode_as, Texts{"udp.port==53,data"});
  EXPECT_EQ(dissection.enable_protocols, Texts{"a"});
  EXPECT_EQ(dissection.disable_protocols, Texts{"b"});
  EXPECT_EQ(dissection.enable_heuristics, Texts{"c"});
  EXPECT_EQ(dissection.disable_heuristics, Texts{"d"});
  EXPECT_TRUE(dissection.no_name_resolution && dissection.two_pass);
  EXPECT_EQ(dissection.name_resolution, "m");
  EXPECT_EQ(dissection.capture_filter, "udp");
  EXPECT_EQ(dissection.display_filter, "dns");
  EXPECT_EQ(dissection.duplicate_window_ns, 1'000'000);
  const retrieve::ViewShape& shape = run->plan.shape;
  EXPECT_TRUE(shape.hex && shape.typed && shape.ecs && shape.columns && shape.value_strings);
  EXPECT_EQ(shape.depth, 7U);
  EXPECT_EQ(shape.bytes, 8U);
  EXPECT_EQ(shape.value_bytes, 9U);
  EXPECT_EQ(shape.values, 10U);
  EXPECT_EQ(run->plan.run, "0a");
  EXPECT_EQ(run->plan.sensor, "s");
  EXPECT_EQ(run->plan.tags, Texts{"t"});
  EXPECT_EQ(run->plan.labels.at(0).second, "v");
  ASSERT_EQ(run->remarks.size(), 2U);
  EXPECT_NE(run->remarks[0].find("dtls.psk isn't kept; -o"), std::string::npos) << run->remarks[0];
  EXPECT_NE(run->remarks[1].find("-N N"), std::string::npos) << run->remarks[1];
}

// Everyone who can write to the server can write one.
TEST(RunPlan, OfWhatIsNoDocumentOfARunIsTheUsualOne) {
  for (const char* text :
       {"{}", R"({"dissection": 1, "shape": [], "labels": null, "versions": ""})",
        R"({"dissection": {"preferences": {"a": {}}, "two_pass": "yes"}})",
        R"({"shape": {"limits": {"depth": -1, "bytes": "x"}}, "tags": [[], 1]})",
        R"({"shape": {"limits": {"depth": 99999999999}}})"}) {
    const auto run = ReadRunPlan(text);
    ASSERT_TRUE(run) << text << ": " << run.error().message;
    EXPECT_EQ(retrieve::BytesOf(run->plan), retrieve::BytesOf(retrieve::ViewPlan())) << text;
  }
  for (const char* text : {"", "[]", "{", "1"}) EXPECT_FALSE(ReadRunPlan(text)) << text;
}

TEST(RunPlan, GoesToAnotherProcessAsItIs) {
  retrieve::ViewPlan plan;
  plan.format = retrieve::ViewFormat::kColumns;
  plan.dissection.preferences = {"tls.keylog_file:/\xff/keys"};
  plan.labels = {{"a", "b"}};
  const std::vector<uint8_t> bytes = retrieve::BytesOf(plan);
  const auto other = retrieve::PlanOf(bytes);
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_EQ(retrieve::BytesOf(*other), bytes);
  EXPECT_EQ(other->dissection.preferences, plan.dissection.preferences);
  EXPECT_FALSE(retrieve::PlanOf(std::span(bytes).first(3)));
}

}  // namespace
}  // namespace espcap::app
