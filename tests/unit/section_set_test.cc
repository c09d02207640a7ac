// SPDX-License-Identifier: GPL-2.0-or-later
#include "forward/section_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "document/record_numbers.h"

namespace espcap::forward {
namespace {

using Added = SectionSet::Added;
using Blocks = std::vector<std::string>;

const Blocks kInterface = {std::string(20, 'i')};

// Its packets' records, by partition, in the order of the sections.
std::vector<std::pair<uint32_t, std::vector<uint64_t>>> RecordsOf(const SectionSet& sections) {
  std::vector<std::pair<uint32_t, std::vector<uint64_t>>> records;
  for (const Section* section : sections.All()) {
    records.emplace_back(
        section->partition,
        document::ParseRecordNumbers(section->numbers.view(), section->packets).value());
  }
  return records;
}

Added Add(SectionSet& sections, uint32_t partition, uint64_t number, size_t bytes = 100,
          const Blocks& blocks = kInterface) {
  const std::vector<uint8_t> data(bytes, static_cast<uint8_t>(number));
  pcapng::Packet packet;
  packet.bytes = data;
  packet.original_bytes = static_cast<uint32_t>(bytes);
  return sections.Add(partition, packet,
                      {number, static_cast<uint32_t>(number), static_cast<int64_t>(number) * 10},
                      blocks);
}

SectionSet::Limits Limits() {
  return {.partitions = 3, .message_bytes = 1'000'000, .total_bytes = 4'000'000};
}

TEST(SectionSet, APartitionHasASectionOfItsOwn) {
  SectionSet sections(Limits());
  for (uint64_t number = 1; number <= 6; ++number) {
    EXPECT_EQ(Add(sections, static_cast<uint32_t>(number % 3), number), Added::kAdded);
  }
  using Expected = decltype(RecordsOf(sections));
  EXPECT_EQ(RecordsOf(sections), (Expected{{0, {3, 6}}, {1, {1, 4}}, {2, {2, 5}}}));
  const Section& first = *sections.All().front();
  EXPECT_EQ(first.first_number, 3U);
  EXPECT_EQ(first.first_frame, 3U);
  EXPECT_EQ(first.first_ns, 30);
  EXPECT_EQ(first.last_ns, 60);
  sections.Clear();
  EXPECT_TRUE(sections.empty());
  EXPECT_EQ(Add(sections, 0, 7), Added::kAdded);
  EXPECT_EQ(RecordsOf(sections), (Expected{{0, {7}}}));
}

TEST(SectionSet, TimesAreTheEarliestAndTheLatest) {
  SectionSet sections(Limits());
  pcapng::Packet packet;
  for (const int64_t time_ns : {50, 20, 70, 60}) {
    static uint64_t number = 0;
    ++number;
    EXPECT_EQ(sections.Add(0, packet, {number, 1, time_ns}, kInterface), Added::kAdded);
  }
  EXPECT_EQ(sections.All().front()->first_ns, 20);
  EXPECT_EQ(sections.All().front()->last_ns, 70);
}

TEST(SectionSet, AFullSectionIsFollowedByAnother) {
  SectionSet sections(Limits());
  uint64_t number = 0;
  while (sections.All().size() < 3) EXPECT_EQ(Add(sections, 0, ++number, 1000), Added::kAdded);
  uint64_t next = 1;
  for (const auto& [partition, numbers] : RecordsOf(sections)) {
    for (const uint64_t one : numbers) EXPECT_EQ(one, next++);  // in order
  }
  EXPECT_EQ(next, number + 1);
  for (const Section* section : sections.All()) {
    EXPECT_LE(section->text.size() + section->numbers.size(), SectionSet::kSectionBytes);
  }
  EXPECT_GT(sections.All().front()->text.size(), SectionSet::kSectionBytes - 1100);
}

TEST(SectionSet, APacketMayBeLargerThanASectionUsuallyIs) {
  SectionSet sections(Limits());
  EXPECT_EQ(Add(sections, 0, 1), Added::kAdded);
  EXPECT_EQ(Add(sections, 0, 2, 500'000), Added::kAdded);
  EXPECT_EQ(Add(sections, 0, 3), Added::kAdded);
  using Expected = decltype(RecordsOf(sections));
  EXPECT_EQ(RecordsOf(sections), (Expected{{0, {1}}, {0, {2}}, {0, {3}}}));
  EXPECT_EQ(Add(sections, 0, 4, 1'000'000), Added::kTooLarge);
  EXPECT_EQ(Add(sections, 0, 5), Added::kAdded);
}

TEST(SectionSet, NoMessageIsLargerThanItMayBe) {
  for (size_t bytes = 9'700; bytes <= 10'000; ++bytes) {
    SectionSet sections({.partitions = 1, .message_bytes = 10'000, .total_bytes = 100'000});
    if (Add(sections, 0, 1, bytes) == Added::kTooLarge) {
      EXPECT_GT(bytes, 9'800U);
      continue;
    }
    const Section& section = *sections.All().front();
    EXPECT_LE(section.text.size() + section.numbers.size(), 10'000U);
  }
}

TEST(SectionSet, WhatThereIsMustGoBeforeMoreThanItMayHold) {
  SectionSet sections({.partitions = 3, .message_bytes = 10'000, .total_bytes = 5'000});
  uint64_t number = 1;
  while (Add(sections, static_cast<uint32_t>(number % 3), number, 1000) == Added::kAdded) ++number;
  EXPECT_EQ(number, 5U);
  sections.Clear();
  EXPECT_EQ(Add(sections, 0, number, 1000), Added::kAdded);
  sections.Clear();
  EXPECT_EQ(Add(sections, 0, number + 1, 6000), Added::kAdded) << "alone it may be larger";
  EXPECT_EQ(Add(sections, 1, number + 2), Added::kNoRoom);
}

TEST(SectionSet, HasNoMoreSectionsThanItMay) {
  SectionSet sections(
      {.partitions = 3, .message_bytes = 10'000, .total_bytes = 50'000, .sections = 2});
  EXPECT_EQ(Add(sections, 0, 1), Added::kAdded);
  EXPECT_EQ(Add(sections, 1, 2), Added::kAdded);
  EXPECT_EQ(Add(sections, 2, 3), Added::kNoRoom);
  EXPECT_EQ(Add(sections, 1, 3), Added::kAdded);
}

TEST(SectionSet, BlocksComeBeforeThePacketThatNeedsThem) {
  SectionSet sections(Limits());
  Blocks blocks = {"AAAA"};
  EXPECT_EQ(Add(sections, 0, 1, 4, blocks), Added::kAdded);
  blocks.emplace_back("BBBB");
  EXPECT_EQ(Add(sections, 0, 2, 4, blocks), Added::kAdded);
  EXPECT_EQ(Add(sections, 1, 3, 4, blocks), Added::kAdded);
  const std::string open(sections.All()[0]->text.view());
  const std::string fresh(sections.All()[1]->text.view());
  EXPECT_LT(open.find("AAAA"), open.find("\1\1\1\1"));
  EXPECT_LT(open.find("\1\1\1\1"), open.find("BBBB"));
  EXPECT_LT(open.find("BBBB"), open.find("\2\2\2\2"));
  EXPECT_LT(fresh.find("AAAABBBB"), fresh.find("\3\3\3\3"));
  sections.CloseAll();
  EXPECT_EQ(Add(sections, 0, 4, 4, {"CCCC"}), Added::kAdded);
  ASSERT_EQ(sections.All().size(), 3U);
  EXPECT_EQ(sections.All()[2]->text.view().find("AAAA"), std::string_view::npos);
}

TEST(SectionSet, NumbersBeyond32BitsHaveASectionOfTheirOwn) {
  SectionSet sections(Limits());
  EXPECT_EQ(Add(sections, 0, UINT32_MAX - 1), Added::kAdded);
  EXPECT_EQ(Add(sections, 0, UINT32_MAX), Added::kAdded);
  EXPECT_EQ(Add(sections, 0, uint64_t{UINT32_MAX} + 1), Added::kAdded);
  EXPECT_EQ(sections.All().size(), 2U);
}

}  // namespace
}  // namespace espcap::forward
