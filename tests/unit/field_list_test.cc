// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/field_list.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "temporary_directory.h"

namespace espcap::dissect {
namespace {

using Strings = std::vector<std::string>;

Strings Shown(const std::vector<NamePattern>& patterns) {
  Strings shown;
  for (const NamePattern& pattern : patterns) shown.push_back(pattern.Shown());
  return shown;
}

Strings Parsed(const Strings& values) {
  const auto parsed = ParseFieldList("--fields", values);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? Shown(*parsed) : Strings{};
}

std::string ErrorOf(const Strings& values) {
  const auto parsed = ParseFieldList("--fields", values);
  return parsed ? "no error" : parsed.error().message;
}

TEST(NamePattern, MatchesTheNameOrItsBeginning) {
  struct Case {
    NamePattern pattern;
    const char* name;
    bool matches;
  };
  const Case cases[] = {
      {{"ip.src", false}, "ip.src", true},
      {{"ip.src", false}, "ip.src_host", false},
      {{"ip.src", false}, "ip.sr", false},
      {{"ip.src", false}, "IP.SRC", false},
      {{"tcp.", true}, "tcp.port", true},
      {{"tcp.", true}, "tcp", false},
      {{"tcp", true}, "tcp", true},
      {{"tcp", true}, "tcpcl.version", true},
      {{"tcp.", true}, "mptcp.stream", false},
      {{"", true}, "anything", true},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(c.pattern.Matches(c.name), c.matches) << c.pattern.Shown() << " " << c.name;
  }
}

TEST(ParseFieldList, TakesNamesBetweenCommas) {
  struct Case {
    Strings values;
    Strings names;
  };
  const Case cases[] = {
      {{}, {}},
      {{"ip.src"}, {"ip.src"}},
      {{"ip.src,tcp.port"}, {"ip.src", "tcp.port"}},
      {{"ip.src", "tcp.port,udp.port"}, {"ip.src", "tcp.port", "udp.port"}},
      {{" ip.src ,\ttcp.port "}, {"ip.src", "tcp.port"}},
      {{"ip.src,,tcp.port,"}, {"ip.src", "tcp.port"}},
      {{"tcp.*,dns.qry*,*"}, {"tcp.*", "dns.qry*", "*"}},
  };
  for (const Case& c : cases) EXPECT_EQ(Parsed(c.values), c.names);
}

TEST(ParseFieldList, ReadsFiles) {
  const testing::TemporaryDirectory directory;
  const std::string list = directory.Write("list",
                                           "# what the dashboard shows\n"
                                           "ip.src, ip.dst\n"
                                           "\n"
                                           "  tcp.* # and its flags, all of them\r\n"
                                           "dns.qry.name");
  const Strings names = {"ip.src", "ip.dst", "tcp.*", "dns.qry.name"};
  EXPECT_EQ(Parsed({"@" + list}), names);

  const std::string other = directory.Write("other", "frame.len\n");
  const Strings mixed = {"eth.src", "frame.len", "ip.src", "ip.dst", "tcp.*", "dns.qry.name"};
  EXPECT_EQ(Parsed({"eth.src,@" + other, "@" + list}), mixed);
}

TEST(ParseFieldList, RefusesAStarBeforeTheEnd) {
  for (const char* name : {"ip.*.src", "*.src", "**", "ip.s*c"}) {
    EXPECT_EQ(ErrorOf({std::string("frame.len,") + name}),
              std::string("--fields '") + name + "': a * can only be the last character (tcp.*)");
  }
}

TEST(ParseFieldList, AListNamesSomething) {
  const testing::TemporaryDirectory directory;
  const std::string list = directory.Write("list", "# nothing yet\n");
  EXPECT_EQ(ErrorOf({""}), "--fields '': no name in it");
  EXPECT_EQ(ErrorOf({" , "}), "--fields ' , ': no name in it");
  EXPECT_EQ(ErrorOf({"@" + list}), "--fields '@" + list + "': no name in it");
}

TEST(ParseFieldList, AnErrorNamesTheFile) {
  const testing::TemporaryDirectory directory;
  const std::string missing = directory.Path("missing");
  EXPECT_EQ(ErrorOf({"@" + missing}), "--fields: read " + missing + ": No such file or directory");
  EXPECT_EQ(ErrorOf({"@" + directory.Path()}),
            "--fields: read " + directory.Path() + ": is a directory");
  const std::string huge = directory.Write("huge", std::string((8U << 20U) + 1, 'x'));
  EXPECT_EQ(ErrorOf({"@" + huge}),
            "--fields: read " + huge + ": more than 8388608 bytes are no list of names");
}

}  // namespace
}  // namespace espcap::dissect
