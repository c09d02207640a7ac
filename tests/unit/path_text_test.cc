// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/path_text.h"

#include <gtest/gtest.h>

#include <string>

namespace espcap::base {
namespace {

TEST(PathText, KeepsEveryByteOfAPath) {
  struct Case {
    std::string path;
    std::string text;
  };
  const Case cases[] = {
      {"/a/b c.pcap", "/a/b c.pcap"},
      {"/\u00fc/\u4e2d.pcap", "/\u00fc/\u4e2d.pcap"},
      {"/100%/a%41.pcap", "/100%25/a%2541.pcap"},
      {"/a\nb\x7f\x01", "/a%0Ab%7F%01"},
      {"/\xff\xc3(", "/%FF%C3("},
      {"/\"\\$(x)", "/\"\\$(x)"},
      {"", ""},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(PathText(c.path), c.text);
    EXPECT_EQ(PathOfText(c.text), c.path);
  }
  EXPECT_EQ(PathOfText("%4"), "%4");
  EXPECT_EQ(PathOfText("%zz%"), "%zz%");
  EXPECT_EQ(PathOfText("%+1"), "%+1");
}

}  // namespace
}  // namespace espcap::base
