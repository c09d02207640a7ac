// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/quoting.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

namespace espcap::report {
namespace {

struct Quoted {
  std::string text;
  std::string wanted;
};

TEST(QuotingTest, APhraseMatchesExactlyItsText) {
  const std::vector<Quoted> cases = {
      {"www.example.test", R"("www.example.test")"},
      {"", R"("")"},
      {R"(a "b" c)", R"("a \"b\" c")"},
      {R"(back\slash\)", R"("back\\slash\\")"},
      {"x OR *:* AND NOT y", R"("x OR *:* AND NOT y")"},
      {"line\nfeed\ttab", R"("line\u000afeed\u0009tab")"},
      {std::string("n\0l", 3), R"("n\u0000l")"},
      {"\x1b]0;title\x07\x7f", R"("\u001b]0;title\u0007\u007f")"},
      {"\u202egnp.exe", R"("\u202egnp.exe")"},
      {"a\u200bb\u2028c\ufeff", R"("a\u200bb\u2028c\ufeff")"},
      {"\U000e0041", R"("\udb40\udc41")"},
      {"müller.example 日本 \U0001f600", "\"müller.example 日本 \U0001f600\""},
      {"bad \xff byte", "\"bad \uFFFD byte\""},
  };
  for (const Quoted& each : cases) EXPECT_EQ(LucenePhrase(each.text), each.wanted);
}

TEST(QuotingTest, AWordHasNoOperators) {
  const std::vector<Quoted> cases = {
      {"dns", "dns"},
      {"443", "443"},
      {"x_y", "x_y"},
      {"a*b?c", R"(a\*b\?c)"},
      {"a:b/c", R"(a\:b\/c)"},
      {"ftp-data", R"(ftp\-data)"},
      {"a b\n", R"(a\u0020b\u000a)"},
      {R"((")\)", R"(\(\"\)\\)"},
  };
  for (const Quoted& each : cases) EXPECT_EQ(LuceneWord(each.text), each.wanted);
}

TEST(QuotingTest, WhatCanNotBeSeenIsWrittenAsItsNumber) {
  const std::vector<Quoted> cases = {
      {"plain text <b> 'x'", "plain text <b> 'x'"},
      {"a\nb\x7f", R"(a\x0ab\x7f)"},
      {"\u0085\u202e\u2066", R"(\x85\u202e\u2066)"},
      {"\u200d\ufeff\U000e0001", R"(\u200d\ufeff\ue0001)"},
      {"\xc3", "\uFFFD"},
  };
  for (const Quoted& each : cases) {
    EXPECT_EQ(VisibleText(each.text), each.wanted);
    EXPECT_TRUE(IsVisible(each.wanted) || each.wanted == "\uFFFD") << each.wanted;
    EXPECT_EQ(IsVisible(each.text), each.text == each.wanted);
  }
}

TEST(QuotingTest, NothingEndsAScript) {
  EXPECT_EQ(ScriptJson("\"</script><!--&\u2028\u2029\""),
            R"("\u003c/script\u003e\u003c!--\u0026\u2028\u2029")");
}

std::string PrintedBy(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  std::array<char, 4096> block{};
  while (const size_t count = std::fread(block.data(), 1, block.size(), pipe.get())) {
    text.append(block.data(), count);
  }
  return text;
}

TEST(QuotingTest, AShellHandsAWordOnAsItIs) {
  for (const std::string text :
       {"plain-1.2_x/y:z,@%+", "", "it's", "$(touch /tmp/x) `id` $HOME", R"(back\slash "quoted")",
        "a b\tc\nd", "*?[a-z]{1,2}~ !! # ; & | < >", "''''", "-n", "\xff\x01"}) {
    EXPECT_EQ(PrintedBy("printf %s " + ShellWord(text)), text);
  }
  EXPECT_EQ(ShellWord("es-1.example:9200"), "es-1.example:9200");
}

TEST(QuotingTest, TheCommandHasTheSearchAndTheRow) {
  Search search{.node = "http://es:9200", .index = "packets-*"};
  EXPECT_EQ(PacketsCommand(search, R"(f:"it's")"),
            R"(espcap packets 'f:"it'\''s"' --node=http://es:9200 --index='packets-*' )"
            "-w packets.pcapng");
  search.query = "dns OR tls";
  search.since = "2026-03-01T12:00:00.000Z";
  search.until = "2026-03-02T12:00:00.000Z";
  search.archive_roots = {"/captures", "/my captures"};
  EXPECT_EQ(RowQuery(search, "f:1"), "(dns OR tls) AND f:1");
  EXPECT_EQ(PacketsCommand(search, "f:1"),
            "espcap packets '(dns OR tls) AND f:1' --node=http://es:9200 --index='packets-*' "
            "--since=2026-03-01T12:00:00.000Z --until=2026-03-02T12:00:00.000Z "
            "--archive-root=/captures --archive-root='/my captures' -w packets.pcapng");
}

TEST(QuotingTest, AQueryThatIsNoTextGoesAsJson) {
  for (const Search& search :
       {Search{.query = "a\n\u202eb's"}, Search{.json = R"({"term":{"k":"a\n\u202eb's"}})"}}) {
    const std::string command = PacketsCommand(search, "f:\"ü\"");
    EXPECT_TRUE(IsVisible(command)) << command;
    const size_t pipe = command.find(" | espcap packets @/dev/stdin");
    ASSERT_NE(pipe, std::string::npos) << command;
    const auto query = nlohmann::json::parse(PrintedBy(command.substr(0, pipe)));
    const auto& filter = query["bool"]["filter"];
    ASSERT_EQ(filter.size(), 2U);
    EXPECT_NE(filter[0].dump().find(R"(a\n)"), std::string::npos);
    EXPECT_EQ(filter[1]["query_string"]["query"], "f:\"ü\"");
  }
}

}  // namespace
}  // namespace espcap::report
