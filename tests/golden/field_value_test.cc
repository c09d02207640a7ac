// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every shorter way of writing a value equals libwireshark's own text, over every field of every
// capture: test_pcaps, and the folder that ESPCAP_CAPTURES names.
#include "encode/field_value.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "captures.h"
#include "dissect/epan_library.h"
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
  for (const ValueKind kind : comparison.compared())
    fmt::print(kinds, "{}\n", fmt::underlying(kind));
}

TEST(FieldValue, EqualsLibwiresharksText) {
  std::set<std::string, std::less<>> compared;
  testing::ForEachCapture(Compare, [&compared](std::string_view kind) { compared.emplace(kind); });
  // A kind that was never met is not proven.
  std::vector<ValueKind> kinds = {
      ValueKind::kRelativeTime, ValueKind::kDecimal32,  ValueKind::kHex32, ValueKind::kSigned32,
      ValueKind::kDecimal64,    ValueKind::kIpv4,       ValueKind::kIpv6,  ValueKind::kString,
      ValueKind::kBytes,        ValueKind::kDisplayText};
  // Only rarer protocols than those of test_pcaps have these.
  if (std::getenv("ESPCAP_CAPTURES") != nullptr) {
    kinds.insert(kinds.end(), {ValueKind::kHex64, ValueKind::kSigned64});
  }
  for (const ValueKind kind : kinds) {
    EXPECT_TRUE(compared.contains(fmt::to_string(fmt::underlying(kind)))) << fmt::underlying(kind);
  }
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
