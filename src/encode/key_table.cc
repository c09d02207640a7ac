// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/key_table.h"

#include <algorithm>

#include "dissect/field_registry.h"

namespace espcap::encode {
namespace {

bool IsHexBase(int display) {
  const int base = FIELD_DISPLAY(display);
  return base == BASE_HEX || base == BASE_HEX_DEC;
}

// libwireshark compares the whole display word for 64 bits: a hexadecimal field with value names is
// shown in decimal there (epan/ftypes/ftype-integer.c).
bool IsHexBase64(int display) { return display == BASE_HEX || display == BASE_HEX_DEC; }

char ByteSeparator(int display) {
  switch (FIELD_DISPLAY(display)) {
    case SEP_DOT:
      return '.';
    case SEP_DASH:
      return '-';
    default:
      return ':';
  }
}

uint8_t HexDigits(ftenum type) {
  switch (type) {
    case FT_UINT8:
      return 2;
    case FT_UINT16:
      return 4;
    case FT_UINT24:
      return 6;
    default:
      return 8;
  }
}

ValueKind KindOf(const header_field_info& field) {
  if (field.id == hf_text_only) return ValueKind::kLabel;
  switch (field.type) {
    case FT_PROTOCOL:
      return ValueKind::kObject;
    case FT_NONE:
      return ValueKind::kNull;
    case FT_BOOLEAN:
      return ValueKind::kBoolean;
    case FT_ABSOLUTE_TIME:
      return ValueKind::kAbsoluteTime;
    case FT_RELATIVE_TIME:
      return ValueKind::kRelativeTime;
    case FT_UINT8:
    case FT_UINT16:
    case FT_UINT24:
    case FT_UINT32:
    case FT_FRAMENUM:
      return IsHexBase(field.display) ? ValueKind::kHex32 : ValueKind::kDecimal32;
    case FT_IPXNET:
      return ValueKind::kHex32;
    case FT_INT8:
    case FT_INT16:
    case FT_INT24:
    case FT_INT32:
      return ValueKind::kSigned32;
    case FT_UINT40:
    case FT_UINT48:
    case FT_UINT56:
    case FT_UINT64:
      return IsHexBase64(field.display) ? ValueKind::kHex64 : ValueKind::kDecimal64;
    case FT_INT40:
    case FT_INT48:
    case FT_INT56:
    case FT_INT64:
      return ValueKind::kSigned64;
    case FT_IPv4:
      return ValueKind::kIpv4;
    case FT_IPv6:
      return ValueKind::kIpv6;
    case FT_STRING:
    case FT_STRINGZ:
    case FT_UINT_STRING:
    case FT_STRINGZPAD:
    case FT_STRINGZTRUNC:
      return ValueKind::kString;
    case FT_BYTES:
    case FT_UINT_BYTES:
    case FT_ETHER:
    case FT_AX25:
    case FT_VINES:
    case FT_FCWWN:
      return ValueKind::kBytes;
    default:
      return ValueKind::kDisplayText;
  }
}

}  // namespace

uint32_t KeyTable::Intern(const std::string& name) {
  const auto [found, is_new] = keys_.emplace(name, static_cast<uint32_t>(literals_.size()));
  if (is_new) {
    std::string& text = literal_texts_.emplace_back(",\"" + name + "\":");
    const size_t length = text.size();
    text.resize(std::max(length, KeyLiteral::kCopiedAtOnce));
    literals_.push_back({text.data(), length});
    raw_keys_.push_back(kNoRawKey);
  }
  return found->second;
}

uint32_t KeyTable::InternAbbrev(std::string_view abbrev) {
  // 0 stands for the tree's root, which has no name.
  const auto next = static_cast<uint32_t>(abbrevs_.size()) + 1;
  return abbrevs_.emplace(abbrev, next).first->second;
}

uint32_t KeyTable::RawKey(uint32_t key) {
  if (raw_keys_[key] == kNoRawKey) {
    const std::string_view literal(literals_[key].text, literals_[key].length);
    const size_t around = std::string_view(",\"\":").size();
    const uint32_t raw = Intern(std::string(literal.substr(2, literal.size() - around)) + "_raw");
    raw_keys_[key] = raw;
  }
  return raw_keys_[key];
}

const FieldPlan& KeyTable::MakePlan(const header_field_info& field) {
  std::string name = field.abbrev;
  if (field.parent != -1) {
    const header_field_info* parent = proto_registrar_get_nth(static_cast<guint>(field.parent));
    name = std::string(parent->abbrev) + "_" + name;
  }
  std::replace(name.begin(), name.end(), '.', '_');

  const auto id = static_cast<size_t>(field.id);
  const size_t page = id / kPageFields;
  if (page >= pages_.size()) pages_.resize(page + 1);
  if (pages_[page] == nullptr) pages_[page] = std::make_unique<Page>();
  FieldPlan& plan = (*pages_[page])[id % kPageFields];
  plan.key = Intern(name);
  plan.abbrev = InternAbbrev(field.abbrev);
  plan.format = {KindOf(field), HexDigits(field.type), ByteSeparator(field.display)};
  plan.abbrev_has_other_keys = dissect::HasOtherParent(field);
  plan.selected = selection_ == nullptr || selection_->Selects(field);
  return plan;
}

}  // namespace espcap::encode
