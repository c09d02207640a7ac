// SPDX-License-Identifier: GPL-2.0-or-later
#include "document/section_origin.h"

#include <gtest/gtest.h>

#include <string>

namespace espcap::document {
namespace {

std::string Written() {
  ByteBuffer out;
  AppendOrigin(out, {"sensor", "capture", "/a/file.pcap", "\x01\x02", 2, -5, 17});
  out.Append("section");
  return std::string(out.view());
}

TEST(SectionOrigin, IsReadAsItWasWritten) {
  const std::string text = Written();
  const auto parsed = ParseOrigin(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->origin.sensor, "sensor");
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

struct Claimed {
  std::string sensor = "edge";
  std::string capture = "AAECAwQFBgcICQoLDA0ODw";
  std::string file = "/a/file.pcap";
  std::string records = "\x01\x02";
  uint64_t packets = 2;
  int64_t first_ns = -5;
  int64_t last_ns = 17;
  std::string section = "blocks";
};

std::string TextOf(const Claimed& claimed) {
  ByteBuffer out;
  AppendOrigin(out, {claimed.sensor, claimed.capture, claimed.file, claimed.records,
                     claimed.packets, claimed.first_ns, claimed.last_ns});
  out.Append(claimed.section);
  return std::string(out.view());
}

TEST(SectionOrigin, WhatADiskGivesBackIsChecked) {
  EXPECT_TRUE(IsSection(TextOf({}), 2));
  EXPECT_TRUE(IsSection(TextOf({.file = ""}), 2)) << "live there is none";
  EXPECT_FALSE(IsSection("", 0));
  EXPECT_FALSE(IsSection(TextOf({}), 1)) << "the spool's list says so";
  const Claimed wrong[] = {
      {.sensor = std::string("a\0b", 3)},
      {.capture = ""},
      {.capture = "AAECAwQFBgcICQoLDA0OD"},
      {.capture = "AAECAwQFBgcICQoLDA0OD,"},
      {.file = std::string("/a\0", 3)},
      {.records = "\x01"},
      {.records = "\x01\x02\x03"},
      {.records = std::string("\x01\x00", 2)},
      {.packets = 3},
      {.first_ns = 18},
      {.section = ""},
  };
  for (const Claimed& claimed : wrong) EXPECT_FALSE(IsSection(TextOf(claimed), 2));
  EXPECT_FALSE(IsSection(TextOf({.records = "", .packets = 0}), 0));
}

}  // namespace
}  // namespace espcap::document
