// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the encoder needs to know of a registered field, worked out the first time it is met: its ek
// key, ready to be written, and how its value is written. Several fields can share one key (tshark
// registers chains of fields with one name), so keys are interned apart from fields.
// One a process; refers to libwireshark's registry.
#ifndef ESPCAP_ENCODE_KEY_TABLE_H_
#define ESPCAP_ENCODE_KEY_TABLE_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "source/wireshark_api.h"

namespace espcap::encode {

enum class ValueKind : uint8_t {
  kUnplanned,  // not met yet
  kObject,     // FT_PROTOCOL: the children's object
  kLabel,      // hf_text_only: the item's label
  kNull,
  kBoolean,
  kAbsoluteTime,
  kRelativeTime,
  kDecimal32,
  kHex32,
  kSigned32,
  kDecimal64,
  kHex64,
  kSigned64,
  kIpv4,
  kIpv6,
  kString,
  kBytes,
  kDisplayText,  // libwireshark's own text
};

struct FieldPlan {
  uint32_t key = 0;     // KeyTable::Literal()
  uint32_t abbrev = 0;  // the field's interned name
  ValueKind kind = ValueKind::kUnplanned;
  uint8_t hex_digits = 0;              // kHex32
  char separator = ':';                // kBytes
  bool abbrev_has_other_keys = false;  // the same name is registered below another parent too
};

class KeyTable {
 public:
  // The reference holds until the next call.
  const FieldPlan& Plan(const header_field_info& field) {
    const auto id = static_cast<size_t>(field.id);
    if (id >= plans_.size() || plans_[id].kind == ValueKind::kUnplanned) MakePlan(field);
    return plans_[id];
  }

  // `"key":`, ready to be written.
  [[nodiscard]] std::string_view Literal(uint32_t key) const { return literals_[key]; }
  // The key of the field's bytes, `key` with "_raw".
  uint32_t RawKey(uint32_t key);

  // Keys are numbered from 0 without gaps.
  [[nodiscard]] size_t key_count() const { return literals_.size(); }

 private:
  void MakePlan(const header_field_info& field);
  uint32_t Intern(const std::string& name);
  uint32_t InternAbbrev(std::string_view abbrev);

  static constexpr uint32_t kNoRawKey = UINT32_MAX;

  std::vector<FieldPlan> plans_;  // by hfinfo->id
  std::deque<std::string> literals_;
  std::vector<uint32_t> raw_keys_;
  std::unordered_map<std::string, uint32_t> keys_;
  std::unordered_map<std::string, uint32_t> abbrevs_;
};

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_KEY_TABLE_H_
