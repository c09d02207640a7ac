// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/document_limits.h"

#include <gtest/gtest.h>

#include <string>

namespace espcap::encode {
namespace {

TEST(DocumentLimits, ATextIsCutBetweenCharacters) {
  const struct {
    const char* text;
    size_t most;
    const char* kept;
  } rows[] = {
      {"abc", 3, "abc"},
      {"abc", 2, "ab"},
      {"abc", 0, ""},
      {"a\\nb", 2, "a"},
      {"a\\nb", 3, "a\\n"},
      {"\\u001fz", 5, ""},
      {"\\u001fz", 6, "\\u001f"},
      {"\\\\\\\"z", 3, "\\\\"},
      {"\xC3\xA4z", 1, ""},
      {"\xE2\x82\xACz", 3, "\xE2\x82\xAC"},
      {"\xF0\x9F\x98\x80z", 3, ""},
  };
  for (const auto& row : rows) {
    const std::string text = row.text;
    EXPECT_EQ(text.substr(0, FittingPrefix(text, row.most)), row.kept) << row.text << row.most;
  }
}

TEST(DocumentLimits, CutsSayWhatAndWhere) {
  Cuts cuts;
  EXPECT_FALSE(cuts.any());
  cuts.Add(Cuts::kBytes, "http");
  cuts.Add(Cuts::kDepth, "xml");
  cuts.Add(Cuts::kBytes, "http");
  EXPECT_TRUE(cuts.any());
  ByteBuffer out;
  cuts.AppendMembers(out);
  EXPECT_EQ(out.view(), R"("cut":["depth","size"],"cut_layer":["http","xml"])");
  EXPECT_EQ(cuts.first_layer(), "http");
  cuts.Clear();
  EXPECT_FALSE(cuts.any());
  EXPECT_EQ(cuts.first_layer(), "");
}

TEST(DocumentLimits, CutsNameTheKeys) {
  Cuts cuts;
  cuts.Add(Cuts::kValues, "vnc", "vnc_vnc_pixel");
  cuts.Add(Cuts::kValue, "tcp", "tcp_tcp_payload");
  cuts.Add(Cuts::kValues, "vnc", "vnc_vnc_pixel");
  ByteBuffer out;
  cuts.AppendMembers(out);
  EXPECT_EQ(out.view(), R"("cut":["value","values"],"cut_layer":["vnc","tcp"],)"
                        R"("cut_key":["vnc_vnc_pixel","tcp_tcp_payload"])");
}

}  // namespace
}  // namespace espcap::encode
