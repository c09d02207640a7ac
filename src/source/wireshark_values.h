// SPDX-License-Identifier: GPL-2.0-or-later
//
// Values of fields and their texts, where releases differ. Part of wireshark_api.h.
#ifndef ESPCAP_SOURCE_WIRESHARK_VALUES_H_
#define ESPCAP_SOURCE_WIRESHARK_VALUES_H_

#include "source/wireshark_headers.h"

namespace espcap::wireshark {

// Field values. REQUIRES: the field's type fits the accessor.
#ifdef ESPCAP_WIRESHARK_FVALUE_IS_POINTER
inline fvalue_t* Value(const field_info& field) { return field.value; }
inline uint32_t Uint32(const field_info& field) { return fvalue_get_uinteger(field.value); }
inline int32_t Int32(const field_info& field) { return fvalue_get_sinteger(field.value); }
inline uint64_t Uint64(const field_info& field) { return fvalue_get_uinteger64(field.value); }
inline int64_t Int64(const field_info& field) { return fvalue_get_sinteger64(field.value); }
inline bool Boolean(const field_info& field) { return fvalue_get_uinteger64(field.value) != 0; }
inline const nstime_t& Time(const field_info& field) { return *fvalue_get_time(field.value); }
// Host byte order.
inline uint32_t Ipv4(const field_info& field) {
#ifdef ESPCAP_WIRESHARK_FVALUE_HAS_IPV4
  return fvalue_get_ipv4(field.value)->addr;
#else
  return fvalue_get_uinteger(field.value);
#endif
}
inline const uint8_t* Ipv6(const field_info& field) {
  return fvalue_get_ipv6(field.value)->addr.bytes;
}
inline std::string_view String(const field_info& field) {
  const wmem_strbuf_t* text = fvalue_get_strbuf(field.value);
  return {text->str, text->len};
}
inline std::span<const uint8_t> Bytes(const field_info& field) {
  return {static_cast<const uint8_t*>(fvalue_get_bytes_data(field.value)),
          fvalue_get_bytes_size(field.value)};
}
#else
inline fvalue_t* Value(const field_info& field) { return const_cast<fvalue_t*>(&field.value); }
inline uint32_t Uint32(const field_info& field) { return field.value.value.uinteger; }
inline int32_t Int32(const field_info& field) { return field.value.value.sinteger; }
inline uint64_t Uint64(const field_info& field) { return field.value.value.uinteger64; }
inline int64_t Int64(const field_info& field) { return field.value.value.sinteger64; }
inline bool Boolean(const field_info& field) { return field.value.value.uinteger64 != 0; }
inline const nstime_t& Time(const field_info& field) { return field.value.value.time; }
// Host byte order.
inline uint32_t Ipv4(const field_info& field) { return field.value.value.ipv4.addr; }
inline const uint8_t* Ipv6(const field_info& field) { return field.value.value.ipv6.addr.bytes; }
inline std::string_view String(const field_info& field) {
  const wmem_strbuf_t* text = field.value.value.strbuf;
  return {text->str, text->len};
}
inline std::span<const uint8_t> Bytes(const field_info& field) {
  const GByteArray* bytes = field.value.value.bytes;
  return {bytes->data, bytes->len};
}
#endif
inline ftenum FieldType(const field_info& field) { return fvalue_type_ftenum(Value(field)); }
// How `tshark -T ek` asks for a value's text. It has come to have a way of its own, in which
// numbers are decimal, whatever their field's base is.
#ifdef ESPCAP_WIRESHARK_HAS_EK_TEXT
inline constexpr ftrepr_t kEkText = FTREPR_EK;
inline constexpr bool kEkNumbersAreDecimal = true;
#else
inline constexpr ftrepr_t kEkText = FTREPR_DISPLAY;
inline constexpr bool kEkNumbersAreDecimal = false;
#endif
// What `tshark -T ek` writes for the value; null where the type has no such text.
inline std::unique_ptr<char, void (*)(char*)> DisplayText(const field_info& field) {
  return {fvalue_to_string_repr(nullptr, Value(field), kEkText, field.hfinfo->display),
          [](char* text) { wmem_free(nullptr, text); }};
}

// The most characters that are left of the text of an absolute time: 4.4 alone has only room for
// four digits of the year and nine of the fraction.
#if WIRESHARK_VERSION_MAJOR == 4 && WIRESHARK_VERSION_MINOR == 4
inline constexpr size_t kMaxTimeCharacters = NSTIME_ISO8601_BUFSIZE - 1;
#else
inline constexpr size_t kMaxTimeCharacters = SIZE_MAX;
#endif

// What no header shows, so that the version decides. (4.2 is taken for 4.0 here, and not tested.)
inline constexpr bool kIsBefore44 =
    WIRESHARK_VERSION_MAJOR < 4 || (WIRESHARK_VERSION_MAJOR == 4 && WIRESHARK_VERSION_MINOR < 4);
// The most characters that are left of the text of a relative time; the text of 4.0 is whole.
inline constexpr size_t kMaxRelativeTimeCharacters = kIsBefore44 ? SIZE_MAX : 30;
// UDP port 8472 is VXLAN's too, by default.
inline constexpr bool kVxlanHasLinuxPort = !kIsBefore44;
// What `tshark -T ek` writes as one list within an object: fields of one name below parents of one
// name; from 4.4 on, fields of one name.
inline constexpr bool kEkGroupsByParent = kIsBefore44;
// A hexadecimal field of 64 bits whose values have names is shown in decimal; from 4.4 on, in its
// base.
inline constexpr bool kNamesMakeDecimal64 = kIsBefore44;

}  // namespace espcap::wireshark

#endif  // ESPCAP_SOURCE_WIRESHARK_VALUES_H_
