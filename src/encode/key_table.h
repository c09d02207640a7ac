// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the encoder needs to know of a registered field, worked out the first time it is met: its ek
// key, ready to be written, and how its value is written. Several fields can share one key (tshark
// registers chains of fields with one name), so keys are interned apart from fields.
// One a process; refers to libwireshark's registry.
#ifndef ESPCAP_ENCODE_KEY_TABLE_H_
#define ESPCAP_ENCODE_KEY_TABLE_H_

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dissect/field_selection.h"
#include "registry/field_catalog.h"
#include "registry/value_kind.h"
#include "source/wireshark_api.h"

namespace espcap::encode {

using registry::ValueFormat;
using registry::ValueKind;

struct FieldPlan {
  uint32_t key = 0;     // KeyTable::Literal()
  uint32_t abbrev = 0;  // the field's interned name
  ValueFormat format;
  bool abbrev_has_other_keys = false;  // the same name is registered below another parent too
  bool selected = false;               // the document shall have it
  ValueKind companion = ValueKind::kUnplanned;  // what else is next to the value
  bool is_alone = true;                         // its own key's, and nothing is next to it
};

// Texts that documents have next to values, under the value's key with "_text".
struct Companions {
  bool value_names = false;
  bool texts_of_bytes = false;
};

// `,"key":`, ready to be written. kCopiedAtOnce bytes can be read, whatever the length.
struct KeyLiteral {
  static constexpr size_t kCopiedAtOnce = 48;
  const char* text;
  size_t length;
};

class KeyTable {
 public:
  // `selection` may be null: every field is selected. So may `types`: values are texts; else those
  // of numbers are numbers.
  explicit KeyTable(const dissect::FieldSelection* selection = nullptr,
                    const registry::KeyTypes* types = nullptr, Companions companions = {})
      : selection_(selection), types_(types), companions_(companions) {}

  // The reference holds as long as the table.
  const FieldPlan& Plan(const header_field_info& field) {
    const auto id = static_cast<size_t>(field.id);
    const size_t number = id / kPageFields;
    if (const Page* page = number < pages_.size() ? pages_[number].get() : nullptr) {
      const FieldPlan& plan = (*page)[id % kPageFields];
      if (plan.format.kind != ValueKind::kUnplanned) return plan;
    }
    return MakePlan(field);
  }

  // REQUIRES: key < key_count(), which isn't checked.
  [[nodiscard]] KeyLiteral Literal(uint32_t key) const { return literals_.begin()[key]; }
  [[nodiscard]] std::string_view Name(uint32_t key) const {
    const std::string_view literal(literals_[key].text, literals_[key].length);
    const size_t around = std::string_view(",\"\":").size();
    return literal.substr(2, literal.size() - around);
  }
  // The key of the field's bytes, `key` with "_raw".
  uint32_t RawKey(uint32_t key) { return Derived(raw_keys_, key, "_raw"); }
  // The key of the text next to the field, `key` with "_text".
  uint32_t TextKey(uint32_t key) { return Derived(text_keys_, key, "_text"); }

  // Keys are numbered from 0 without gaps, names (FieldPlan::abbrev) from 1.
  [[nodiscard]] size_t key_count() const { return literals_.size(); }
  [[nodiscard]] size_t abbrev_count() const { return abbrevs_.size(); }

 private:
  // Of the 233,000 fields that are registered, a capture has some hundreds.
  static constexpr size_t kPageFields = 256;
  using Page = std::array<FieldPlan, kPageFields>;

  [[gnu::noinline, gnu::cold]] const FieldPlan& MakePlan(const header_field_info& field);
  uint32_t Intern(const std::string& name);
  uint32_t InternAbbrev(std::string_view abbrev);
  [[nodiscard]] ValueKind CompanionOf(const header_field_info& field) const;
  uint32_t Derived(std::vector<uint32_t>& derived, uint32_t key, const char* end) {
    const uint32_t known = key < derived.size() ? derived.begin()[key] : kNotDerived;
    return known != kNotDerived ? known : Derive(derived, key, end);
  }
  [[gnu::noinline, gnu::cold]] uint32_t Derive(std::vector<uint32_t>& derived, uint32_t key,
                                               const char* end);

  static constexpr uint32_t kNotDerived = UINT32_MAX;

  std::vector<std::unique_ptr<Page>> pages_;  // by hfinfo->id
  const dissect::FieldSelection* selection_;
  const registry::KeyTypes* types_;
  Companions companions_;
  std::vector<KeyLiteral> literals_;
  std::deque<std::string> literal_texts_;  // what they point at
  std::vector<uint32_t> raw_keys_;
  std::vector<uint32_t> text_keys_;
  std::unordered_map<std::string, uint32_t> keys_;
  std::unordered_map<std::string, uint32_t> abbrevs_;
};

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_KEY_TABLE_H_
