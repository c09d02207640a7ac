// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry/value_kind.h"

#include <algorithm>

namespace espcap::registry {
namespace {

bool IsHexBase(int display) {
  if constexpr (wireshark::kEkNumbersAreDecimal) return false;
  const int base = FIELD_DISPLAY(display);
  return base == BASE_HEX || base == BASE_HEX_DEC;
}

// Older releases compare the whole display word for 64 bits (epan/ftypes/ftype-integer.c).
bool IsHexBase64(int display) {
  if constexpr (!wireshark::kNamesMakeDecimal64) return IsHexBase(display);
  return display == BASE_HEX || display == BASE_HEX_DEC;
}

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
    case FT_VINES:
    case FT_FCWWN:
      return ValueKind::kBytes;
    default:
      return ValueKind::kDisplayText;
  }
}

// Of a frame's number, the table says what the frame is to this one.
bool IsNumber(const header_field_info& field) {
  if (field.type == FT_FRAMENUM) return false;
  switch (KindOf(field)) {
    case ValueKind::kDecimal32:
    case ValueKind::kHex32:
    case ValueKind::kSigned32:
    case ValueKind::kDecimal64:
    case ValueKind::kHex64:
    case ValueKind::kSigned64:
      return true;
    default:
      return field.type == FT_CHAR;
  }
}

ValueKind NumberOf(ValueKind kind) {
  switch (kind) {
    case ValueKind::kDecimal32:
      return ValueKind::kNumber32;
    case ValueKind::kSigned32:
      return ValueKind::kSignedNumber32;
    case ValueKind::kDecimal64:
      return ValueKind::kNumber64;
    case ValueKind::kSigned64:
      return ValueKind::kSignedNumber64;
    case ValueKind::kRelativeTime:
      return ValueKind::kSeconds;
    case ValueKind::kDisplayText:
      return ValueKind::kFraction;
    default:
      return kind;
  }
}

}  // namespace

ValueFormat FormatOf(const header_field_info& field) {
  return {KindOf(field), HexDigits(field.type), ByteSeparator(field.display)};
}

ValueKind CompanionOf(const header_field_info& field) {
  if (field.type == FT_BYTES) {
    const bool may_be_text = (field.display & BASE_SHOW_UTF_8_PRINTABLE) != 0;
    return may_be_text ? ValueKind::kBytesText : ValueKind::kUnplanned;
  }
  if (!IsNumber(field) || field.strings == nullptr) return ValueKind::kUnplanned;
  // Units and protocols aren't names of values, nor is what a function writes.
  constexpr int kOther = BASE_UNIT_STRING | BASE_PROTOCOL_INFO;
  if ((field.display & kOther) != 0 || FIELD_DISPLAY(field.display) == BASE_CUSTOM) {
    return ValueKind::kUnplanned;
  }
  return ValueKind::kValueName;
}

ValueFormat Typed(ValueFormat format, schema::FieldType type) {
  if (schema::IsNumber(type)) format.kind = NumberOf(format.kind);
  return format;
}

std::string EkKey(const header_field_info& field) {
  std::string key = field.abbrev;
  if (field.parent != -1) {
    const header_field_info* parent = proto_registrar_get_nth(static_cast<guint>(field.parent));
    key = std::string(parent->abbrev) + "_" + key;
  }
  std::replace(key.begin(), key.end(), '.', '_');
  return key;
}

}  // namespace espcap::registry
