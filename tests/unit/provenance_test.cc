// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/provenance.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "app/run_origin.h"
#include "schema/provenance_fields.h"

namespace espcap::encode {
namespace {

using nlohmann::json;

json Members(Provenance& provenance, const source::FrameOrigin& origin, uint64_t digest) {
  ByteBuffer out;
  out.Append('{');
  provenance.AppendMembers(out, origin, digest);
  provenance.AppendEcs(out);
  out.Append('}');
  return json::parse(out.view());
}

TEST(Provenance, SaysWhereAFrameIs) {
  Provenance provenance({"r", "s", {"t", "u"}, {{"k", "v\"w"}}});
  json wanted = {{"run", "r"},
                 {"sensor", "s"},
                 {"tags", {"t", "u"}},
                 {"frame", 5},
                 {"labels", {{"k", "v\"w"}}},
                 {"digest", "000000000000000f"}};
  EXPECT_EQ(Members(provenance, {{}, 5, -1}, 15), wanted);
  wanted["file"] = "/a%0A";
  wanted["log"]["file"]["path"] = "/a%0A";
  wanted["offset"] = 24;
  EXPECT_EQ(Members(provenance, {"/a\n", 5, 24}, 15), wanted);
  EXPECT_EQ(Members(provenance, {"/a\n", 5, 24}, 15), wanted);
  wanted["file"] = wanted["log"]["file"]["path"] = "/b";
  EXPECT_EQ(Members(provenance, {"/b", 5, 24}, 15), wanted);
  wanted.erase("file");
  wanted.erase("log");
  wanted.erase("offset");
  EXPECT_EQ(Members(provenance, {{}, 5, -1}, 15), wanted);
}

TEST(Provenance, SaysWhichMessageHadAFrame) {
  Provenance provenance({"r", "s", {}, {}});
  source::FrameOrigin origin{.file = "/a", .frame = 5, .sensor = "t", .message = {"p", 3, 17, 2}};
  json wanted = {{"run", "r"},
                 {"sensor", "t"},
                 {"file", "/a"},
                 {"frame", 5},
                 {"digest", "000000000000000f"},
                 {"kafka", {{"topic", "p"}, {"partition", 3}, {"offset", 17}, {"index", 2}}},
                 {"log", {{"file", {{"path", "/a"}}}}}};
  EXPECT_EQ(Members(provenance, origin, 15), wanted);
  origin.sensor = {};
  wanted["sensor"] = "s";
  EXPECT_EQ(Members(provenance, origin, 15), wanted);
  origin.sensor = "u";
  wanted["sensor"] = "u";
  EXPECT_EQ(Members(provenance, origin, 15), wanted);
}

TEST(RunOrigin, IsCheckedBeforeTheFirstPacket) {
  const auto fails = [](const cli::OriginSettings& settings) {
    return !app::RunOriginOf(settings).has_value();
  };
  EXPECT_TRUE(fails({{}, {}, {""}, {}}));
  EXPECT_TRUE(fails({{}, {}, {std::string(257, 'x')}, {}}));
  EXPECT_TRUE(fails({{}, {}, std::vector<std::string>(65, "x"), {}}));
  EXPECT_TRUE(fails({{}, {}, {}, {"novalue"}}));
  EXPECT_TRUE(fails({{}, {}, {}, {"a.b=1"}}));
  EXPECT_TRUE(fails({{}, {}, {}, {"=1"}}));
  EXPECT_TRUE(fails({{}, {}, {}, {"a=1", "a=2"}}));
  EXPECT_TRUE(fails({{}, std::string(300, 's'), {}, {}}));
  const auto origin = app::RunOriginOf({{}, {}, {"b", "a", "b"}, {"k=v=w", "empty="}});
  ASSERT_TRUE(origin);
  EXPECT_EQ(origin->run.size(), 32U);
  EXPECT_FALSE(origin->sensor.empty());
  EXPECT_EQ(origin->tags, (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(origin->labels[0], (std::pair<std::string, std::string>("k", "v=w")));
  EXPECT_EQ(origin->labels[1].second, "");
  EXPECT_NE(app::RunOriginOf({})->run, app::RunOriginOf({})->run);
}

TEST(ProvenanceFields, LabelsAreWhatTheServerHasForThem) {
  using schema::Dialect;
  using schema::LabelType;
  struct Case {
    Dialect dialect;
    const char* version;
    LabelType type;
  };
  const Case cases[] = {
      {Dialect::kElasticsearch, "7.17.0", LabelType::kFlattened},
      {Dialect::kElasticsearch, "9.1.0", LabelType::kFlattened},
      {Dialect::kOpenSearch, "2.19.1", LabelType::kFlatObject},
      {Dialect::kOpenSearch, "2.7.0", LabelType::kFlatObject},
      {Dialect::kOpenSearch, "3.0.0", LabelType::kFlatObject},
      {Dialect::kOpenSearch, "2.6.0", LabelType::kKeywords},
      {Dialect::kOpenSearch, "1.3.20", LabelType::kKeywords},
      {Dialect::kOpenSearch, "7.10.2", LabelType::kKeywords},
      {Dialect::kOpenSearch, "7.0.0", LabelType::kFlatObject},
      {Dialect::kOpenSearch, "14.2.0", LabelType::kFlatObject},
      {Dialect::kOpenSearch, "", LabelType::kFlatObject},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(schema::LabelTypeOf(c.dialect, c.version), c.type) << c.version;
  }
  const json keywords = schema::ProvenanceProperties({LabelType::kKeywords, {"site"}});
  EXPECT_EQ(keywords["espcap"]["properties"]["labels"]["properties"]["site"]["type"], "keyword");
  EXPECT_EQ(keywords["labels"]["properties"]["site"]["type"], "keyword");
  EXPECT_TRUE(schema::HasProvenance({{"properties", keywords}}));
  EXPECT_FALSE(schema::HasProvenance(json::object()));
}

}  // namespace
}  // namespace espcap::encode
