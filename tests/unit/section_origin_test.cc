// SPDX-License-Identifier: GPL-2.0-or-later
#include "document/section_origin.h"

#include <gtest/gtest.h>

#include <string>

namespace espcap::document {
namespace {

std::string Written() {
  ByteBuffer out;
  AppendOrigin(out, {"capture", "/a/file.pcap", "\x01\x02", 2, -5, 17});
  out.Append("section");
  return std::string(out.view());
}

TEST(SectionOrigin, IsReadAsItWasWritten) {
  const std::string text = Written();
  const auto parsed = ParseOrigin(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->origin.capture, "capture");
  EXPECT_EQ(parsed->origin.file, "/a/file.pcap");
  EXPECT_EQ(parsed->origin.records, "\x01\x02");
  EXPECT_EQ(parsed->origin.packets, 2U);
  EXPECT_EQ(parsed->origin.first_ns, -5);
  EXPECT_EQ(parsed->origin.last_ns, 17);
  EXPECT_EQ(parsed->section, "section");
}

TEST(SectionOrigin, WhatIsCutIsNone) {
  const std::string text = Written();
  const size_t whole = text.size() - std::string("section").size();
  for (size_t bytes = 0; bytes < whole; ++bytes) EXPECT_FALSE(ParseOrigin(text.substr(0, bytes)));
  EXPECT_TRUE(ParseOrigin(text.substr(0, whole)));
  std::string wrong = text;
  wrong[7] = '\x7F';  // the most significant byte of a length
  EXPECT_FALSE(ParseOrigin(wrong));
}

}  // namespace
}  // namespace espcap::document
