// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/ecs_document.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "schema/ecs_fields.h"

namespace espcap::encode {
namespace {

using nlohmann::json;

std::string Written(const EcsDocument& document) {
  ByteBuffer out;
  document.AppendMembers(out);
  return std::string(out.view());
}

TEST(EcsDocument, WritesWhatItHasAsNestedObjects) {
  EcsDocument document;
  EXPECT_EQ(Written(document), "");
  document.AddText(EcsField::kUrlPath, "/a\"b");
  document.AddText(EcsField::kDnsQuestionName, "example.com");
  document.AddText(EcsField::kDnsId, "7");
  document.AddNumber(EcsField::kHttpRequestBodyBytes, 12);
  document.AddJson(EcsField::kTimestamp, R"("2024-01-01T00:00:00Z")");
  EXPECT_EQ(Written(document),
            R"(,"@timestamp":"2024-01-01T00:00:00Z","dns":{"id":"7","question":)"
            R"({"name":"example.com"}},"http":{"request":{"body":{"bytes":12}}},)"
            R"("url":{"path":"/a\"b"})");
  document.Clear();
  EXPECT_EQ(Written(document), "");
}

TEST(EcsDocument, KeepsTheFirstValueOrAListOfDifferentOnes) {
  EcsDocument document;
  for (const char* text : {"a", "b", "a"}) {
    document.AddText(EcsField::kDnsId, text);
    document.AddText(EcsField::kRelatedIp, text);
  }
  document.AddText(EcsField::kUrlQuery, "");
  EXPECT_EQ(Written(document), R"(,"dns":{"id":"a"},"related":{"ip":["a","b"]})");
}

TEST(EcsDocument, EveryFieldHasATypeInTheTemplate) {
  EcsDocument document;
  for (size_t i = 0; i < kEcsFieldCount; ++i) {
    const auto field = static_cast<EcsField>(i);
    document.AddNumber(field, 1);
    const json properties = schema::EcsProperties();
    const json* at = &properties;
    std::string path(EcsPath(field));
    for (size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.')) {
      at = &at->at(path.substr(0, dot)).at("properties");
      path = path.substr(dot + 1);
    }
    EXPECT_TRUE(at->contains(path)) << EcsPath(field);
  }
  EXPECT_TRUE(json::accept("{\"a\":0" + Written(document) + "}")) << Written(document);
}

}  // namespace
}  // namespace espcap::encode
