// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a worker that is taken over may say of the sections in its slot, one lie at a time.
#include "supervise/section_check.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "document/document_id.h"
#include "document/record_numbers.h"
#include "document/section_origin.h"

namespace espcap::supervise {
namespace {

using process::SectionHead;
using process::SlotProgress;
using process::WorkerSlots;
using Numbers = std::vector<uint64_t>;
using RecordId = process::PacketRing::RecordId;

class SectionCheckTest : public ::testing::Test {
 protected:
  SectionCheckTest() { slots_->Begin(0); }

  static std::string Encoded(const Numbers& numbers) {
    ByteBuffer out;
    uint64_t last = 0;
    for (const uint64_t number : numbers) {
      document::AppendRecordNumber(out, last, number);
      last = number;
    }
    return std::string(out.view());
  }
  void Append(const Numbers& numbers, const std::function<void(SectionHead&)>& lie = {},
              const std::string& section = "section") {
    const std::string encoded = Encoded(numbers);
    SectionHead head{numbers.size(), encoded.size(), 5, 9};
    if (lie) lie(head);
    const std::string_view bytes(reinterpret_cast<const char*>(&head), sizeof(head));
    const std::array<std::string_view, 3> parts = {bytes, encoded, section};
    slots_->Append(0, progress_, parts, {0, numbers.front(), 0, 0, 1, 3}, numbers.size());
    progress_.captured += numbers.size();
  }
  Result<std::vector<SectionClaim>> Sections() {
    slots_->Publish(0, progress_);
    auto contents = ReadSlot(*slots_, 0);
    if (!contents) return Forward(std::move(contents));
    contents_ = std::move(*contents);
    return ReadSections(*slots_, 0, contents_);
  }
  std::string Fault() {
    const auto sections = Sections();
    return sections ? "" : sections.error().message;
  }

  std::unique_ptr<WorkerSlots> slots_ = std::move(WorkerSlots::Create({100'000, 10, 0}).value());
  SlotProgress progress_;
  SlotContents contents_;
};

TEST_F(SectionCheckTest, ASectionGetsItsOrigin) {
  Append({2, 5});
  Append({3}, {}, "another");
  const auto sections = Sections();
  ASSERT_TRUE(sections) << sections.error().message;
  const Fingerprint capture = {1, 2, 3};
  const auto copied =
      CopySections(*slots_, 0, contents_, *sections, {capture, false, "edge", "/a/b.pcap", {}});
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(copied->packets(), 3U);
  const auto text = [&copied](size_t position) {
    const DocumentSpan& span = copied->documents[position];
    return copied->text.view().substr(span.offset, span.length);
  };
  const auto first = document::ParseOrigin(text(0));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->section, "section");
  EXPECT_EQ(first->origin.capture, document::CaptureId(capture));
  EXPECT_EQ(first->origin.file, "/a/b.pcap");
  EXPECT_EQ(document::ParseRecordNumbers(first->origin.records, 2), (Numbers{2, 5}));
  EXPECT_EQ(first->origin.packets, 2U);
  EXPECT_EQ(first->origin.first_ns, 5);
  EXPECT_EQ(first->origin.last_ns, 9);
  EXPECT_EQ(document::ParseOrigin(text(1))->section, "another");
  EXPECT_EQ(copied->documents[0].conversation, 3U);
}

TEST_F(SectionCheckTest, NumbersOfALiveRunHave32Bits) {
  constexpr uint64_t kNumbers = UINT32_MAX;
  Append({kNumbers + 1, kNumbers + 3});
  const auto sections = Sections();
  ASSERT_TRUE(sections);
  const Fingerprint run = {7};
  const auto copied = CopySections(*slots_, 0, contents_, *sections, {run, true, "edge", "", {}});
  ASSERT_TRUE(copied) << copied.error().message;
  const auto parsed = document::ParseOrigin(copied->text.view());
  ASSERT_TRUE(parsed);
  EXPECT_NE(parsed->origin.capture, document::CaptureId(run));
  EXPECT_EQ(document::ParseRecordNumbers(parsed->origin.records, 2), (Numbers{1, 3}));
}

TEST_F(SectionCheckTest, NumbersOfTwoRunsAreRefused) {
  Append({UINT32_MAX, uint64_t{UINT32_MAX} + 1});
  const auto sections = Sections();
  ASSERT_TRUE(sections);
  const auto copied = CopySections(*slots_, 0, contents_, *sections, {{}, true, "edge", "", {}});
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().message, "a section with numbers of two runs");
}

TEST_F(SectionCheckTest, LossesAreTold) {
  Append({1});
  const auto sections = Sections();
  ASSERT_TRUE(sections);
  InterfaceStats interface;
  interface.name = "eth0";
  interface.received = 10;
  const auto copied = CopySections(*slots_, 0, contents_, *sections,
                                   {{}, true, "edge", "", {interface, interface}});
  ASSERT_TRUE(copied);
  const std::string_view section = document::ParseOrigin(copied->text.view())->section;
  EXPECT_TRUE(section.starts_with("section"));
  EXPECT_EQ(section.size(), 7 + 2 * 64U);
}

TEST_F(SectionCheckTest, LiesAreRefused) {
  struct Case {
    std::function<void(SectionHead&)> lie;
    const char* fault;
  };
  const Case cases[] = {
      {[](auto& head) { head.packets = 0; }, "a section without packets"},
      {[](auto& head) { head.packets = 1; }, "a section whose head is wrong"},
      {[](auto& head) { head.packets = UINT64_MAX; }, "a section whose head is wrong"},
      {[](auto& head) { head.number_bytes = 1; }, "a section whose head is wrong"},
      {[](auto& head) { head.number_bytes = 2 + 7; }, "a section without packets"},
      {[](auto& head) { head.number_bytes = UINT64_MAX; }, "a section without packets"},
      {[](auto& head) { head.last_ns = 4; }, "a section whose head is wrong"},
  };
  for (const Case& c : cases) {
    progress_ = {};
    slots_->Begin(0);
    Append({2, 5}, c.lie);
    EXPECT_EQ(Fault(), c.fault);
  }
}

TEST_F(SectionCheckTest, CountsAgreeWithTheSections) {
  Append({2, 5});
  ++progress_.packets;
  ++progress_.captured;
  EXPECT_EQ(Fault(), "a batch whose counts disagree");
}

TEST_F(SectionCheckTest, ATextThatIsNoHeadIsRefused) {
  slots_->Append(0, progress_, "{}\n", {});
  progress_.captured = 1;
  EXPECT_EQ(Fault(), "a section without a head");
}

TEST_F(SectionCheckTest, ARecordOfAFileIsInOneSection) {
  struct Case {
    std::vector<Numbers> sections;
    uint64_t last;
    std::string fault;
    uint64_t highest;
  };
  const Case cases[] = {
      {{{1, 4}, {2, 3}}, 0, "", 4},
      {{{3, 4}}, 2, "", 4},
      {{{2, 4}}, 2, "record 2 after record 2", 0},
      {{{1, 4}, {2, 4}}, 0, "record 4 after record 4", 0},
      {{{1, uint64_t{1} << 32U}}, 0, "record 4294967296 after record 1", 0},
  };
  for (const Case& c : cases) {
    progress_ = {};
    slots_->Begin(0);
    for (const Numbers& numbers : c.sections) Append(numbers);
    const auto sections = Sections();
    ASSERT_TRUE(sections) << sections.error().message;
    const auto checked = CheckFileRecords(*sections, c.last);
    EXPECT_EQ(checked ? "" : checked.error().message, c.fault);
    EXPECT_EQ(checked.value_or(0), c.highest);
  }
}

TEST_F(SectionCheckTest, ARecordOfAStreamIsInItsRing) {
  const std::vector<RecordId> ring = {{3, {}}, {4, {}}, {6, {}}, {7, {}}};
  struct Case {
    std::vector<Numbers> sections;
    std::string fault;
  };
  const Case cases[] = {
      {{{3, 6}, {4, 7}}, ""},          {{{4}}, ""},
      {{{5}}, "a packet of record 5"}, {{{3, 4}, {4}}, "a packet of record 4"},
      {{{8}}, "a packet of record 8"},
  };
  for (const Case& c : cases) {
    progress_ = {};
    slots_->Begin(0);
    for (const Numbers& numbers : c.sections) Append(numbers);
    const auto sections = Sections();
    ASSERT_TRUE(sections) << sections.error().message;
    const auto checked = CheckStreamRecords(*sections, ring);
    EXPECT_EQ(checked ? "" : checked.error().message, c.fault);
  }
}

}  // namespace
}  // namespace espcap::supervise
