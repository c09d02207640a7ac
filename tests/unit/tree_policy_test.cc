// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/tree_policy.h"

#include <gtest/gtest.h>

#include <string_view>

namespace espcap::dissect {
namespace {

TEST(WantsWholeTree, ForWhatATreeOfSingleFieldsCouldNotGive) {
  struct Case {
    const char* what;
    TreeDemand demand;
    bool whole;
  };
  const Case cases[] = {
      {"nothing", {}, false},
      {"ten fields", {.fields = 10}, false},
      {"as many as are asked for one by one", {.fields = 1000}, false},
      {"more", {.fields = 1001}, true},
      {"a layer", {.layers = true}, true},
      {"text items", {.fields = 1, .text_items = true}, true},
      {"bytes", {.fields = 1, .bytes = true}, true},
      {"one expert info", {.fields = 2, .without_value = 1}, false},
      {"two, whose order counts", {.fields = 2, .without_value = 2}, true},
      {"findings", {.fields = 1, .findings = true}, true},
      {"a name of several protocols", {.fields = 1, .shared_names = true}, true},
      {"dissectors that climb", {.fields = 1, .climbing = true}, true},
      {"the fields' bytes", {.fields = 1, .hex = true}, true},
      {"a filter on content", {.fields = 1, .filter_on_content = true}, true},
  };
  for (const Case& c : cases) EXPECT_EQ(WantsWholeTree(c.demand), c.whole) << c.what;
}

FilterWord Classify(std::string_view word) {
  if (word == "tcp" || word == "ip" || word == "data.data") return FilterWord::kContent;
  if (word == "_ws.malformed") return FilterWord::kFinding;
  return FilterWord::kOther;
}

TEST(FilterLooksIntoContent, UnlessItOnlyAsksWhatIsThere) {
  for (const char* filter : {"",
                             "tcp",
                             " tcp ",
                             "!tcp",
                             "not tcp",
                             "!(tcp)",
                             "((tcp))",
                             "tcp && ip",
                             "tcp&&ip",
                             "tcp || ip",
                             "tcp and not ip",
                             "(tcp) or (ip)",
                             "ip xor tcp",
                             "tcp ^^ ip",
                             "tcp.port == 80 && ip",
                             "ip && tcp.port in {80, 443}",
                             "data.data || udp.length > 8",
                             "http.host == \"tcp[0]\"",
                             "http.host contains 'ip' && tcp",
                             R"(a == "\"" && tcp)",
                             R"(a matches r"\" && tcp)",
                             "tcp.port == 80 && (ip || len(http.host) > 4)"}) {
    EXPECT_FALSE(FilterLooksIntoContent(filter, Classify)) << filter;
  }
}

TEST(FilterLooksIntoContent, WhereItComparesOrCutsALayerOrBytes) {
  for (const char* filter :
       {"tcp contains \"GET\"", "tcp[13] & 0x02", "tcp[0:4] == 00:50:00:50", "len(tcp) > 20",
        "len( tcp ) > 20", "count(ip) > 1", "data.data == 00:01", "00:01 == data.data",
        "udp && data.data matches \"x\"", "tcp~\"x\"", "ip in {00:01}", "tcp & 1",
        R"(a == "\\" && tcp[0] == 1)", R"(a matches r"\" && tcp[0] == 1)", "ip && !(tcp[0] == 1)",
        "max(frame.number, ip) > 3", "ip#1 == 1"}) {
    EXPECT_TRUE(FilterLooksIntoContent(filter, Classify)) << filter;
  }
}

TEST(FilterLooksIntoContent, WhereItAsksForFindings) {
  EXPECT_TRUE(FilterLooksIntoContent("_ws.malformed", Classify));
  EXPECT_TRUE(FilterLooksIntoContent("ip && !_ws.malformed", Classify));
}

TEST(FilterLooksIntoContent, WhereAMacroHidesIt) {
  EXPECT_TRUE(FilterLooksIntoContent("${mine:1;2} && ip", Classify));
}

}  // namespace
}  // namespace espcap::dissect
