// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/packet_hits.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace espcap::app {
namespace {

using elasticsearch::Hit;

constexpr uint64_t kAny = 100;

Hit Found(const std::string& id, const std::string& file, const std::string& topic) {
  Hit hit;
  hit.id = id;
  hit.file = file;
  hit.frame = 5;
  hit.digest = 1;
  if (!topic.empty()) hit.message = {topic, 2, 17, 3};
  return hit;
}

// What is wanted of files, of the topic's messages, and what can be read nowhere.
struct Wanted {
  size_t files = 0;
  size_t messages = 0;
  uint64_t unreadable = 0;
  uint64_t without_place = 0;

  bool operator==(const Wanted&) const = default;
};

Wanted WantedOf(PacketHits& hits) {
  return {hits.files().size(), hits.messages().messages().size(), hits.messages().unreadable(),
          hits.without_place()};
}

TEST(PacketHits, TheNamedTopicComesFirstAndThenFiles) {
  struct Case {
    const char* file;
    const char* topic;
    bool has_roots;
    const char* named;
    Wanted wanted;
  };
  const std::vector<Case> cases = {
      {"/a", "", true, "", {1, 0, 0, 0}},   {"/a", "", false, "", {1, 0, 0, 0}},
      {"/a", "", false, "t", {1, 0, 0, 0}}, {"", "t", true, "", {0, 0, 1, 0}},
      {"", "t", false, "t", {0, 1, 0, 0}},  {"", "u", false, "t", {0, 0, 1, 0}},
      {"/a", "t", true, "t", {0, 1, 0, 0}}, {"/a", "t", false, "t", {0, 1, 0, 0}},
      {"/a", "u", true, "t", {1, 0, 0, 0}}, {"/a", "u", false, "t", {0, 0, 1, 0}},
      {"/a", "t", true, "", {1, 0, 0, 0}},  {"/a", "t", false, "", {1, 0, 1, 0}},
      {"", "", true, "t", {0, 0, 0, 1}},
  };
  for (const Case& c : cases) {
    PacketHits hits(kAny, {PacketHits::Runs::kDontMatter, c.has_roots, c.named});
    EXPECT_TRUE(hits.Add({Found("x", c.file, c.topic)}));
    hits.Finish();
    EXPECT_EQ(WantedOf(hits), c.wanted)
        << c.file << " " << c.topic << " " << c.has_roots << " " << c.named;
  }
}

TEST(PacketHits, AFileIsKnownOnlyWhereItMayBeRead) {
  for (const bool has_roots : {true, false}) {
    PacketHits hits(kAny, {PacketHits::Runs::kDontMatter, has_roots, "t"});
    hits.Add({Found("x", "/a", "t")});
    const auto& packets = hits.messages().messages().at({2, 17});
    ASSERT_EQ(packets.size(), 1U);
    EXPECT_EQ(packets[0].in_message.frame, 3U);
    ASSERT_EQ(packets[0].file != nullptr, has_roots);
    if (!has_roots) continue;
    EXPECT_EQ(*packets[0].file, "/a");
    EXPECT_EQ(packets[0].in_file.frame, 5U);
  }
}

TEST(PacketHits, AMessageHasEachPacketOnceInOrder) {
  PacketHits hits(kAny, {PacketHits::Runs::kDontMatter, false, "t"});
  std::vector<Hit> found = {Found("a", "", "t"), Found("b", "", "t"), Found("c", "", "t"),
                            Found("a", "", "t")};
  found[0].message.index = 9;
  hits.Add(std::move(found));
  hits.Finish();
  const auto& packets = hits.messages().messages().at({2, 17});
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_EQ(packets[0].in_message.frame, 3U);
  EXPECT_EQ(packets[1].in_message.frame, 9U);
  EXPECT_EQ(hits.found(), 3U);
}

TEST(PacketHits, APlaceThatCanNotBeIsNone) {
  constexpr int64_t kTooMany = int64_t{1} << 32U;
  const std::vector<Hit::Message> wrong = {
      {"t", -1, 17, 3},
      {"t", kTooMany, 17, 3},
      {"t", 2, -1, 3},
      {"t", 2, 17, 0},
      {"t", 2, 17, kTooMany},
      {std::string(250, 't'), 2, 17, 3},
      {"t", std::numeric_limits<int32_t>::max() + int64_t{1}, 17, 3}};
  for (const Hit::Message& message : wrong) {
    PacketHits hits(kAny, {PacketHits::Runs::kDontMatter, true, "t"});
    Hit nowhere = Found("x", "", "t");
    Hit in_file = Found("y", "/a", "t");
    nowhere.message = message;
    in_file.message = message;
    hits.Add({nowhere, in_file});
    EXPECT_EQ(WantedOf(hits), (Wanted{1, 0, 0, 1})) << message.topic << message.partition;
  }
}

TEST(PacketHits, OtherTopicsAreNamedUpToANumber) {
  PacketHits hits(kAny, {PacketHits::Runs::kDontMatter, false, "t"});
  for (int i = 0; i < 30; ++i) {
    hits.Add({Found(std::to_string(i), "", "other" + std::to_string(10 + i))});
  }
  const std::string text = hits.messages().DescribeUnreadable();
  EXPECT_TRUE(text.starts_with("other10 (1 packet), other11 (1 packet)")) << text;
  EXPECT_TRUE(text.ends_with("other29 (1 packet), and 10 more packets")) << text;
}

}  // namespace
}  // namespace espcap::app
