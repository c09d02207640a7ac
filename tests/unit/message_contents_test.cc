// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/message_contents.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "document/action_line.h"
#include "document/section_origin.h"

namespace espcap::kafka {
namespace {

using Headers = std::map<std::string, std::string>;

Headers HeadersOf(const MessageContents& contents) {
  Headers headers;
  for (const Header& header : contents.headers()) headers[header.name] = header.value;
  return headers;
}

TEST(MessageContents, OfADocument) {
  ByteBuffer text;
  document::AppendAction(text, {"packets", "AAAAAAAAAAAAAAAAAAAAAA-7"});
  text.Append("{\"a\":1}\n");
  MessageContents contents;
  ASSERT_TRUE(ReadContents(MessageForm::kDocument, text.view(), "here", contents));
  EXPECT_EQ(contents.key, "AAAAAAAAAAAAAAAAAAAAAA-7");
  EXPECT_EQ(contents.value, "{\"a\":1}");
  EXPECT_EQ(HeadersOf(contents), (Headers{{"index", "packets"}, {"sensor", "here"}}));
  EXPECT_FALSE(ReadContents(MessageForm::kDocument, "{\"a\":1}\n", "here", contents));
}

TEST(MessageContents, OfASection) {
  for (const bool has_file : {false, true}) {
    ByteBuffer text;
    document::AppendOrigin(text, {"there", "id", has_file ? "/f" : "", "\x01\x02", 2, -1, 99});
    text.Append("blocks");
    MessageContents contents;
    ASSERT_TRUE(ReadContents(MessageForm::kSection, text.view(), "here", contents));
    EXPECT_FALSE(contents.key);
    EXPECT_EQ(contents.value, "blocks");
    Headers expected = {{"espcap", "1"},         {"sensor", "there"}, {"capture", "id"},
                        {"records", "\x01\x02"}, {"packets", "2"},    {"first", "-1"},
                        {"last", "99"}};
    if (has_file) expected["file"] = "/f";
    EXPECT_EQ(HeadersOf(contents), expected);
  }
  MessageContents contents;
  EXPECT_FALSE(ReadContents(MessageForm::kSection, "blocks", "here", contents));
}

}  // namespace
}  // namespace espcap::kafka
