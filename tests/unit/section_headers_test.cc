// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/section_headers.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "document/document_id.h"
#include "document/section_origin.h"
#include "espcap/byte_buffer.h"
#include "kafka/message_contents.h"

namespace espcap::kafka {
namespace {

const std::string kCapture = document::CaptureId({1, 2, 3});

std::vector<ReceivedHeader> Headers() {
  return {{"espcap", "1"},         {"sensor", "s"},  {"capture", kCapture},
          {"records", "\x07\x01"}, {"packets", "2"}, {"file", "/a.pcap"}};
}

TEST(SectionHeaders, AreReadAsTheyAreWritten) {
  ByteBuffer text;
  document::AppendOrigin(text, {"sensor-1", kCapture, "/a.pcap", "\x07\x01", 2, 5, 6});
  text.Append("section");
  MessageContents written;
  ASSERT_TRUE(ReadContents(MessageForm::kSection, text.view(), "sensor-1", written));
  std::vector<ReceivedHeader> headers;
  for (const Header& header : written.headers()) headers.push_back({header.name, header.value});
  const auto read = ParseSectionHeaders(headers);
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->capture, (Fingerprint{1, 2, 3}));
  EXPECT_EQ((*read)->numbers, (std::vector<uint32_t>{7, 8}));
  EXPECT_EQ((*read)->records, "\x07\x01");
  EXPECT_EQ((*read)->sensor, "sensor-1");
  EXPECT_EQ((*read)->file, "/a.pcap");
}

TEST(SectionHeaders, OthersHaveNone) {
  const auto read = ParseSectionHeaders({});
  ASSERT_TRUE(read);
  EXPECT_FALSE(*read);
}

TEST(SectionHeaders, AreNotBelieved) {
  const std::string many(5000, 'x');
  const ReceivedHeader wrong[] = {
      {"espcap", "2"},           {"espcap", "1 "},
      {"sensor", many},          {"file", many},
      {"capture", "x"},          {"capture", many},
      {"capture", ""},           {"packets", ""},
      {"packets", "0"},          {"packets", "-1"},
      {"packets", "3"},          {"packets", "2x"},
      {"packets", "9999999999"}, {"records", ""},
      {"records", "\x07"},       {"records", {"\x07\x00", 2}},
      {"records", "\x07\x80"},   {"records", "\x07\xff\xff\xff\xff\x7f"}};
  for (const ReceivedHeader& header : wrong) {
    std::vector<ReceivedHeader> headers = Headers();
    ASSERT_TRUE(ParseSectionHeaders(headers));
    headers.push_back(header);
    EXPECT_FALSE(ParseSectionHeaders(headers)) << header.name << ' ' << header.value.substr(0, 20);
  }
}

}  // namespace
}  // namespace espcap::kafka
