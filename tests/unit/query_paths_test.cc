// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/query_paths.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace espcap::elasticsearch {
namespace {

using Paths = std::vector<std::string>;

TEST(PathsOf, AreWhatIsBeforeAColon) {
  struct Case {
    const char* query;
    Paths paths;
  };
  const std::vector<Case> cases = {
      {"", {}},
      {"*", {}},
      {"example.org", {}},
      {"a:x", {"a"}},
      {"tcp.flags:0x02 AND dns.qry.name:example*", {"tcp.flags", "dns.qry.name"}},
      {"a:x OR a:y", {"a"}},
      {"a : x", {"a"}},
      {"+a:x -b:y !c:z NOT d:w", {"a", "b", "c", "d"}},
      {"a-b+c@d:x", {"a-b+c@d"}},
      {"(a:x && (b:y || c:z))", {"a", "b", "c"}},
      {"a:(x OR y)", {"a"}},
      {"a:(x OR b:(y c:z))", {"a", "b", "c"}},
      {R"(a\:b:x)", {"a:b"}},
      {R"(a\ b:x)", {"a b"}},
      {R"(a:2001\:db8\:\:1)", {"a"}},
      // In a phrase, a range or a regular expression nothing is a path.
      {R"("a:x" b:"c:y \" d:z" e:x)", {"b", "e"}},
      {"[a:x TO b:y] c:[1 TO 2} d:{\"]\" TO *]", {"c", "d"}},
      {R"(/a:x/ b:/c:\/d:y/)", {"b"}},
      {"a:>=10 b:<5", {"a", "b"}},
      {"a:x^2 b:y~1 c:\"z w\"~3^0.5", {"a", "b", "c"}},
      {"_exists_:a.b", {"a.b"}},
      {R"(_exists_:"a.b" _exists_ : c)", {"a.b", "c"}},
      // The server finds these.
      {"*:*", {}},
      {"layers.*:x", {}},
      {R"(layers.\*:x)", {}},
      {"_exists_:layers.*", {}},
      // No queries.
      {"a:", {}},
      {":x", {}},
      {"a:x:y", {}},
      {"a:x (b:y", {}},
      {"a:x) b:y", {}},
      {"a:(x", {}},
      {"a:\"x", {}},
      {"a:[1 TO 2", {}},
      {"a:/x", {}},
      {R"(a:x\)", {}},
      {"a:)", {}},
      {"a:-5", {}},
  };
  for (const Case& c : cases) EXPECT_EQ(PathsOf(c.query), c.paths) << c.query;
}

TEST(PathsOf, GroupsHaveABound) {
  std::string query = "a:x";
  for (int i = 0; i < 10; ++i) query = "a:(" + query + ")";
  EXPECT_EQ(PathsOf(query), Paths{"a"});
  for (int i = 0; i < 10'000; ++i) query = "a:(" + query + ")";
  EXPECT_EQ(PathsOf(query), Paths());
}

TEST(WithPlaces, APathStandsForItsPlaces) {
  const FieldPlaces places = {
      {"one", {"p.one"}}, {"two", {"p.two", "q.two"}}, {"none", {}}, {"o:d d", {"p.o:d d"}}};
  struct Case {
    const char* query;
    const char* written;
  };
  const std::vector<Case> cases = {
      {"*", "*"},
      {"other:x AND none:y", "other:x AND none:y"},
      {"one:x", "p.one:x"},
      {"two:x", "(p.two:x OR q.two:x)"},
      {"NOT two : x^2 AND\n+one:y~1", "NOT (p.two:x^2 OR q.two:x^2) AND\n+p.one:y~1"},
      {"two:\"a b\"~3^2", "(p.two:\"a b\"~3^2 OR q.two:\"a b\"~3^2)"},
      {"two:[1 TO 2}", "(p.two:[1 TO 2} OR q.two:[1 TO 2})"},
      {"two:/a:b\\/ c/", "(p.two:/a:b\\/ c/ OR q.two:/a:b\\/ c/)"},
      {"two:(x y)^3", "(p.two:(x y)^3 OR q.two:(x y)^3)"},
      {"two:>=5", "(p.two:>=5 OR q.two:>=5)"},
      {"two:*", "(p.two:* OR q.two:*)"},
      {"other:(x OR one:y)", "other:(x OR p.one:y)"},
      {"two:(x OR one:y)", "(p.two:(x OR p.one:y) OR q.two:(x OR p.one:y))"},
      {"(two:x)", "((p.two:x OR q.two:x))"},
      {"_exists_:two", "(_exists_:p.two OR _exists_:q.two)"},
      {"NOT _exists_:\"one\"", "NOT _exists_:p.one"},
      {"_exists_:other", "_exists_:other"},
      {R"(o\:d\ d:x)", R"(p.o\:d\ d:x)"},
      {"t*:x", "t*:x"},
      {"\"two:x\" two", "\"two:x\" two"},
      // The server says what is wrong with these.
      {"two:x:y", "two:x:y"},
      {"two:(x", "two:(x"},
      {"two:", "two:"},
  };
  for (const Case& c : cases) {
    const auto written = WithPlaces(c.query, places);
    ASSERT_TRUE(written) << c.query << ": " << written.error().message;
    EXPECT_EQ(*written, c.written) << c.query;
  }
}

TEST(WithPlaces, WhatIsWrittenOutHasABound) {
  const FieldPlaces places = {{"a", {"b", "c", "d", "e"}}};
  std::string query = "a:x";
  for (int i = 0; i < 20; ++i) query = "a:(" + query + ")";
  const auto written = WithPlaces(query, places);
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find("too long"), std::string::npos);
  EXPECT_TRUE(WithPlaces("a:" + std::string(60'000, 'x'), places));
  EXPECT_FALSE(WithPlaces("a:" + std::string(70'000, 'x'), places));
}

}  // namespace
}  // namespace espcap::elasticsearch
