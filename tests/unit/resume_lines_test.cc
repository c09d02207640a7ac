// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/resume_lines.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace espcap::resume {
namespace {

using namespace std::string_view_literals;

constexpr Fingerprint kFingerprint = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                      0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF};
const std::string kHex = "00112233445566778899aabbccddeeff";

TEST(PurposeLine, IsTheFirstHalfOfTheSha256) {
  // FIPS 180-2, appendix B: SHA-256("abc").
  EXPECT_EQ(PurposeLine("abc"), "purpose ba7816bf8f01cfea414140de5dae2223");
  EXPECT_EQ(PurposeLine(""), "purpose e3b0c44298fc1c149afbf4c8996fb924");
}

TEST(SettledLine, HoldsOneLineWhateverTheName) {
  struct Case {
    std::string_view name;
    std::string_view written;
  };
  const Case cases[] = {
      {"captures/monday.pcap", "captures/monday.pcap"},
      {"", ""},
      {" two words ", " two words "},
      {"a\nb", "a\\x0ab"},
      {"a\r\t\x7F\x1B", "a\\x0d\\x09\\x7f\\x1b"},
      {"nul\0"sv, "nul\\x00"},
      {"C:\\x0a", "C:\\x5cx0a"},
      {"\xC3\xA4\xFF", "\xC3\xA4\xFF"},
  };
  for (const Case& c : cases) {
    const std::string line = SettledLine({kFingerprint}, c.name);
    EXPECT_EQ(line, kHex + ' ' + std::string(c.written) + '\n');
    EXPECT_EQ(ParseSettledLine(std::string_view(line).substr(0, line.size() - 1)),
              SettledCapture{kFingerprint});
  }
}

TEST(SettledLine, SaysWhatTheServerHasAcknowledged) {
  const std::string line = SettledLine({kFingerprint, true}, "+ a.pcap");
  EXPECT_EQ(line, kHex + "+ + a.pcap\n");
  EXPECT_EQ(ParseSettledLine(std::string_view(line).substr(0, line.size() - 1)),
            (SettledCapture{kFingerprint, true}));
}

TEST(SettledLine, HasABound) {
  const std::string longest(kMaxResumeNameBytes, '\n');
  const SettledCapture capture = {kFingerprint, true};
  const std::string line = SettledLine(capture, longest);
  EXPECT_EQ(line.size(), kMaxResumeLineBytes + 1);
  EXPECT_EQ(SettledLine(capture, longest + "more"), line);
  EXPECT_EQ(ParseSettledLine(std::string_view(line).substr(0, line.size() - 1)), capture);
}

TEST(ParseSettledLine, TakesNothingElse) {
  const std::string cases[] = {
      "",
      kHex,
      kHex.substr(1) + " name",
      kHex + "0 name",
      kHex + "+",
      kHex + "+name",
      kHex + "++ name",
      kHex + "\tname",
      kHex + " na\tme",
      kHex + " name\r",
      kHex + " name" + std::string(3, '\0'),
      "g" + kHex.substr(1) + " name",
      "-1" + kHex.substr(2) + " name",
      "0x" + kHex.substr(2) + " name",
      " " + kHex.substr(1) + " name",
      kHex.substr(0, 31) + "  name",
      kHex + ' ' + std::string(kMaxResumeLineBytes, 'x'),
      "purpose " + kHex,
  };
  for (const std::string& line : cases) EXPECT_FALSE(ParseSettledLine(line)) << line;
}

}  // namespace
}  // namespace espcap::resume
