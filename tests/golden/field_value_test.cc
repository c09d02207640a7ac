// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every shorter way of writing a value equals libwireshark's own text, over every field of every
// capture: test_pcaps, and the folder that ESPCAP_CAPTURES names.
#include "encode/field_value.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
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

  [[nodiscard]] const std::map<ValueKind, uint64_t>& compared() const { return compared_; }

 private:
  void Field(const field_info& field) {
    const FieldPlan plan = keys_.Plan(*field.hfinfo);
    if (!IsLibrarysText(plan.format.kind)) return;
    ours_.Clear();
    theirs_.Clear();
    AppendFieldValue(ours_, field, plan.format);
    AppendDisplayText(theirs_, field);
    ++compared_[plan.format.kind];
    EXPECT_EQ(ours_.view(), theirs_.view()) << field.hfinfo->abbrev;
  }

  KeyTable keys_;
  ByteBuffer ours_;
  ByteBuffer theirs_;
  std::map<ValueKind, uint64_t> compared_;
};

TEST(FieldValue, EqualsLibwiresharksText) {
  Comparison comparison;
  size_t opened = 0;
  for (const std::filesystem::path& path : testing::CaptureFiles()) {
    auto source = source::FileSource::Open(path.native(), source::FileSource::Access::kSequential);
    if (!source) continue;
    ++opened;
    SCOPED_TRACE(path.native());
    dissect::Session session(nullptr, false);
    session.Attach(**source);
    source::FrameReader frames(**source, nullptr, 0);
    while (frames.Next().value_or(false)) {
      if (session.Dissect(frames.frame_number())) comparison.Tree(session.dissection().tree);
      session.Finish();
    }
    if (HasFailure()) break;
  }
  EXPECT_GT(opened, 15U);
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
    EXPECT_TRUE(comparison.compared().contains(kind)) << static_cast<int>(kind);
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
