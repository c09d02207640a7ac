// SPDX-License-Identifier: GPL-2.0-or-later
#include "document/action_line.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace espcap::document {
namespace {

std::string LineOf(const Action& action) {
  ByteBuffer out;
  AppendAction(out, action);
  return std::string(out.view());
}

TEST(ActionLine, CreatesADocument) {
  EXPECT_EQ(LineOf({"packets-2024-01-02", "AbC-_9-17"}),
            "{\"create\":{\"_index\":\"packets-2024-01-02\",\"_id\":\"AbC-_9-17\"}}\n");
}

TEST(ActionLine, IsNoLongerThanItsBound) {
  const std::string index(200, 'i');
  EXPECT_LE(LineOf({index, std::string(33, 'x')}).size(), MaxActionBytes(index.size()));
}

TEST(ActionLine, IsReadBack) {
  const std::string line = LineOf({"packets", "id-1"});
  const auto action = ParseAction(std::string_view(line).substr(0, line.size() - 1));
  ASSERT_TRUE(action);
  EXPECT_EQ(action->index, "packets");
  EXPECT_EQ(action->id, "id-1");
}

TEST(ActionLine, NamesItsIndex) {
  EXPECT_EQ(IndexOf("{\"create\":{\"_index\":\"p-1\",\"_id\":\"a\"}}\n{}\n"), "p-1");
  for (const char* other :
       {"", "{}", "{\"create\":{\"_index\":\"p", "{\"index\":{\"_index\":\"p\"}}"}) {
    EXPECT_EQ(IndexOf(other), "") << other;
  }
}

TEST(ActionLine, AnythingElseIsNone) {
  for (const char* line : {
           "",
           "{}",
           R"({"delete":{"_index":"a","_id":"b"}})",
           R"({"index":{"_index":"a","_id":"b"}})",
           R"({"create":{"_index":"a","_id":"b"}} )",
           R"({"create":{"_index":"a","_id":"b"}})"
           "\n",
           R"({"create":{"_index":"a","_id":""}})",
           R"({"create":{"_index":"","_id":"b"}})",
           R"({"create":{"_index":"A","_id":"b"}})",
           R"({"create":{"_index":"a","_id":"b","pipeline":"c"}})",
           R"({"create":{"_index":"a","pipeline":"c","_id":"b"}})",
           R"({"create":{"_index":"a\u0022","_id":"b"}})",
           R"({"create":{"_index":"a","_id":"b c"}})",
           R"({"create":{"_index":"a"}})",
           R"({"create":{"_index":"a","_id":"b"}},{"create":{"_index":"a","_id":"b"}})",
       }) {
    EXPECT_FALSE(ParseAction(line)) << line;
  }
}

TEST(BulkDocument, IsAnActionAndAnObject) {
  const std::string action = LineOf({"packets", "id-1"});
  EXPECT_TRUE(IsBulkDocument(action + "{\"a\":1}\n"));
  EXPECT_TRUE(IsBulkDocument(action + "{}\n"));
  for (const std::string& text :
       std::vector<std::string>{"", action, action + "{}", action + "[]\n", action + "{}\n{}\n",
                                "{}\n{}\n", action + "{\n}\n", action + "\n{}\n",
                                "{\"delete\":{\"_index\":\"a\",\"_id\":\"b\"}}\n{}\n"}) {
    EXPECT_FALSE(IsBulkDocument(text)) << text;
  }
}

}  // namespace
}  // namespace espcap::document
