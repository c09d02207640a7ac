// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/printable.h"

#include <gtest/gtest.h>

#include <string>

namespace espcap::base {
namespace {

using namespace std::string_literals;

TEST(Printable, LeavesNothingThatATerminalWouldObey) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"a.pcap: no such file; try \\x", "a.pcap: no such file; try \\x"},
      {"tab\tstays", "tab\tstays"},
      {"größer, 漢字, 🦈", "größer, 漢字, 🦈"},
      {"\x1b]0;title\x07", "\\x1b]0;title\\x07"},
      {"two\nlines\r", "two\\x0alines\\x0d"},
      {"nul\0and del\x7f"s, "nul\\x00and del\\x7f"},
      {"C1: \xC2\x85 \xC2\x9b", "C1: \\x85 \\x9b"},
      {"\xC2\xA0 is a space", "\xC2\xA0 is a space"},
      {"\u202egpj.exe\u2066 \u200f\u061c", "\\u202egpj.exe\\u2066 \\u200f\\u061c"},
      {"\u2028\u2029", "\\u2028\\u2029"},
      {"\xff\xfe", "\\xff\\xfe"},
      {"cut \xE6\xBC", "cut \\xe6\\xbc"},
      {"overlong \xC0\x9B \xE0\x82\x9B", "overlong \\xc0\\x9b \\xe0\\x82\\x9b"},
      {"surrogate \xED\xA0\x80", "surrogate \\xed\\xa0\\x80"},
      {"beyond \xF4\x90\x80\x80", "beyond \\xf4\\x90\\x80\\x80"},
      {"alone \x9b", "alone \\x9b"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(Printable(text), expected);
}

}  // namespace
}  // namespace espcap::base
