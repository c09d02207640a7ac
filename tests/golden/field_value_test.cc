// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every shorter way of writing a value equals libwireshark's own text, over every field of every
// capture: test_pcaps, and the folder that ESPCAP_CAPTURES names.
#include "encode/field_value.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "captures.h"
#include "dissect/epan_library.h"
#include "dissect/field_registry.h"
#include "dissect/session.h"
#include "source/frame_reader.h"

namespace espcap::encode {
namespace {

// The kinds whose text tshark takes from libwireshark; the others have rules of their own.
bool IsLibrarysText(ValueKind kind) {
  return kind != ValueKind::kObject && kind != ValueKind::kLabel && kind != ValueKind::kNull &&
         kind != ValueKind::kBoolean && kind != ValueKind::kAbsoluteTime;
}

class Comparison {
 public:
  void Tree(const proto_node* node) {
    for (const proto_node* child = node->first_child; child != nullptr; child = child->next) {
      if (PNODE_FINFO(child) != nullptr) Field(*PNODE_FINFO(child));
      Tree(child);
    }
  }

  [[nodiscard]] const std::set<ValueKind>& compared() const { return compared_; }

 private:
  void Field(const field_info& field) {
    const FieldPlan plan = keys_.Plan(*field.hfinfo);
    if (!IsLibrarysText(plan.format.kind)) return;
    ours_.Clear();
    theirs_.Clear();
    AppendFieldValue(ours_, field, plan.format);
    AppendDisplayText(theirs_, field);
    compared_.insert(plan.format.kind);
    EXPECT_EQ(ours_.view(), theirs_.view()) << field.hfinfo->abbrev;
  }

  KeyTable keys_;
  ByteBuffer ours_;
  ByteBuffer theirs_;
  std::set<ValueKind> compared_;
};

// Prints the kinds that the capture has.
void Compare(dissect::Session& session, const std::filesystem::path& path, std::FILE* kinds) {
  auto source = source::FileSource::Open(path.native(), source::FileSource::Access::kSequential);
  if (!source) return;
  Comparison comparison;
  session.Attach(**source);
  source::FrameReader frames(**source, nullptr, 0);
  while (frames.Next().value_or(false)) {
    if (session.Dissect(frames.frame_number())) comparison.Tree(session.dissection().tree);
    session.Finish();
  }
  for (const ValueKind kind : comparison.compared()) {
    fmt::print(kinds, "{}\n", fmt::underlying(kind));
  }
}

TEST(FieldValue, EqualsLibwiresharksText) {
  std::set<std::string, std::less<>> compared;
  testing::ForEachCapture(Compare, [&compared](std::string_view kind) { compared.emplace(kind); });
  // A kind that was never met is not proven.
  std::vector<ValueKind> kinds = {
      ValueKind::kRelativeTime, ValueKind::kDecimal32, ValueKind::kSigned32,
      ValueKind::kDecimal64,    ValueKind::kIpv4,      ValueKind::kIpv6,
      ValueKind::kString,       ValueKind::kBytes,     ValueKind::kDisplayText};
  // Only rarer protocols than those of test_pcaps have numbers of 64 bits of each kind.
  const bool has_rare_ones = std::getenv("ESPCAP_CAPTURES") != nullptr;
  if (has_rare_ones) kinds.push_back(ValueKind::kSigned64);
  if (!wireshark::kEkNumbersAreDecimal) {
    kinds.push_back(ValueKind::kHex32);
    if (has_rare_ones) kinds.push_back(ValueKind::kHex64);
  }
  for (const ValueKind kind : kinds) {
    EXPECT_TRUE(compared.contains(fmt::to_string(fmt::underlying(kind)))) << fmt::underlying(kind);
  }
}

// The first field of each type that has its value in bytes of its own.
std::map<ftenum, const header_field_info*> FieldOfEachType() {
  std::map<ftenum, const header_field_info*> found;
  dissect::ForEachField([&found](const header_field_info& field) {
    if (field.bitmask == 0) found.emplace(field.type, &field);
  });
  return found;
}

// A length that proto_tree_add_item() accepts for the type.
int LengthOf(ftenum type) {
  switch (type) {
    case FT_CHAR:
    case FT_UINT8:
    case FT_INT8:
    case FT_UINT_STRING:  // of the length before it
    case FT_UINT_BYTES:
      return 1;
    case FT_UINT16:
    case FT_INT16:
    case FT_IEEE_11073_SFLOAT:
      return 2;
    case FT_UINT24:
    case FT_INT24:
      return 3;
    case FT_UINT32:
    case FT_INT32:
    case FT_FLOAT:
    case FT_IEEE_11073_FLOAT:
    case FT_IPv4:
    case FT_IPXNET:
      return 4;
    case FT_UINT40:
    case FT_INT40:
      return 5;
    case FT_UINT56:
    case FT_INT56:
    case FT_AX25:
      return 7;
    case FT_UINT64:
    case FT_INT64:
    case FT_DOUBLE:
    case FT_EUI64:
    case FT_FCWWN:
    case FT_ABSOLUTE_TIME:
    case FT_RELATIVE_TIME:
      return 8;
    case FT_GUID:
    case FT_IPv6:
      return 16;
    default:
      return 6;
  }
}

guint EncodingOf(ftenum type) {
  if (type == FT_ABSOLUTE_TIME || type == FT_RELATIVE_TIME) {
    return ENC_TIME_SECS_NSECS | ENC_BIG_ENDIAN;
  }
  return ENC_ASCII | ENC_BIG_ENDIAN;
}

// An accessor ends the process where it isn't the type's.
TEST(FieldValue, IsReadByAnAccessorOfItsType) {
  constexpr auto kBytes = std::to_array<guint8>(
      {2, 'K' << 1U, 'A' << 1U, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19});
  tvbuff_t* const data = tvb_new_real_data(kBytes.data(), kBytes.size(), kBytes.size());
  // Fields are added to the tree of a packet.
  dissect::Session session({});
  auto source = source::FileSource::Open(ESPCAP_TEST_PCAPS "/arp.pcap",
                                         source::FileSource::Access::kSequential);
  ASSERT_TRUE(source);
  session.Attach(**source);
  source::FrameReader frames(**source, nullptr, 0);
  ASSERT_TRUE(frames.Next().value_or(false));
  ASSERT_TRUE(session.Dissect(frames.frame_number()));
  proto_tree* const tree = session.dissection().tree;
  KeyTable keys;
  size_t compared = 0;
  for (const auto& [type, field] : FieldOfEachType()) {
    const FieldPlan plan = keys.Plan(*field);
    if (!IsLibrarysText(plan.format.kind)) continue;
    if (type == FT_FRAMENUM) continue;  // it is in no packet's bytes
    const proto_item* item =
        proto_tree_add_item(tree, field->id, data, 0, LengthOf(type), EncodingOf(type));
    ByteBuffer ours;
    ByteBuffer theirs;
    AppendFieldValue(ours, *PNODE_FINFO(item), plan.format);
    AppendDisplayText(theirs, *PNODE_FINFO(item));
    EXPECT_EQ(ours.view(), theirs.view()) << ftype_name(type) << ": " << field->abbrev;
    ++compared;
  }
  EXPECT_GT(compared, 30U);
  session.Finish();
  tvb_free(data);
}

}  // namespace
}  // namespace espcap::encode

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  auto library = espcap::dissect::EpanLibrary::Start(argv[0], {}, nullptr);
  if (!library) {
    static_cast<void>(std::fputs(library.error().message.c_str(), stderr));
    return 1;
  }
  return RUN_ALL_TESTS();
}
