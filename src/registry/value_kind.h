// SPDX-License-Identifier: GPL-2.0-or-later
//
// How a registered field is written in the ek document: its key, and how its values are written.
// Pure functions of libwireshark's registry, which outlives what they return.
#ifndef ESPCAP_REGISTRY_VALUE_KIND_H_
#define ESPCAP_REGISTRY_VALUE_KIND_H_

#include <cstdint>
#include <string>

#include "schema/field_type.h"
#include "source/wireshark_api.h"

namespace espcap::registry {

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
  // The same as JSON numbers, where documents are typed:
  kNumber32,
  kSignedNumber32,
  kNumber64,
  kSignedNumber64,
  kSeconds,
  kFraction,
  // Never a field's own:
  kRawBytes,   // tshark's -x: next to another value of the field
  kContainer,  // FT_PROTOCOL that isn't selected: an object of the selected fields in it
  kValueName,  // what a number means: next to the number
  kBytesText,  // bytes that are UTF-8, as text: next to the bytes
};

// How a value is written: copied to where it is needed, as one word.
struct alignas(uint32_t) ValueFormat {
  ValueKind kind = ValueKind::kUnplanned;
  uint8_t hex_digits = 0;  // kHex32
  char separator = ':';    // kBytes
};

ValueFormat FormatOf(const header_field_info& field);

// What a field can be shown as next to its value: kValueName, kBytesText, or kUnplanned for
// nothing.
ValueKind CompanionOf(const header_field_info& field);

// The format for a typed document, in which the values of a key of a number's type are numbers.
ValueFormat Typed(ValueFormat format, schema::FieldType type);

// The protocol's name and the field's, with '_' for '.'; a protocol's is its name.
std::string EkKey(const header_field_info& field);

}  // namespace espcap::registry

#endif  // ESPCAP_REGISTRY_VALUE_KIND_H_
