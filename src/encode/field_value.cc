// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/field_value.h"

#include <arpa/inet.h>

#include <array>
#include <cstring>

#include "encode/json_text.h"
#include "encode/time_text.h"

namespace espcap::encode {
namespace {

void AppendIpv4(ByteBuffer& out, uint32_t address) {
  for (unsigned shift = 32; shift > 0;) {
    shift -= 8;
    AppendDecimal(out, (address >> shift) & 0xFFU);
    if (shift > 0) out.Append('.');
  }
}

void AppendIpv6(ByteBuffer& out, const uint8_t* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (inet_ntop(AF_INET6, address, text.data(), text.size()) != nullptr) out.Append(text.data());
}

void AppendLabel(ByteBuffer& out, const field_info& field) {
  if (field.rep == nullptr) return out.Append("null");
  AppendJsonString(out, field.rep->representation);
}

template <class Append>
void Quoted(ByteBuffer& out, Append append) {
  out.Append('"');
  append();
  out.Append('"');
}

// A bit field's value, without leading zeros, upper case.
void AppendBits(ByteBuffer& out, const field_info& field) {
  uint64_t value = 0;
  switch (wireshark::FieldType(field)) {
    case FT_INT8:
    case FT_INT16:
    case FT_INT24:
    case FT_INT32:
      value = static_cast<uint32_t>(wireshark::Int32(field));
      break;
    case FT_CHAR:
    case FT_UINT8:
    case FT_UINT16:
    case FT_UINT24:
    case FT_UINT32:
      value = wireshark::Uint32(field);
      break;
    case FT_INT40:
    case FT_INT48:
    case FT_INT56:
    case FT_INT64:
      value = static_cast<uint64_t>(wireshark::Int64(field));
      break;
    default:
      value = wireshark::Uint64(field);
  }
  constexpr unsigned kMaxDigits = 16;
  std::array<char, kMaxDigits> digits{};
  size_t count = 0;
  do {
    digits.at(count++) = "0123456789ABCDEF"[value & 0xFU];
    value >>= 4U;
  } while (value != 0);
  Quoted(out, [&] {
    while (count > 0) out.Append(digits.at(--count));
  });
}

bool IsDataSource(const packet_info& packet, const tvbuff_t* bytes) {
  for (const GSList* entry = packet.data_src; entry != nullptr; entry = entry->next) {
    const auto* source = static_cast<const struct data_source*>(entry->data);
    if (get_data_source_tvb(source) == bytes) return true;
  }
  return false;
}

}  // namespace

void AppendFieldValue(ByteBuffer& out, const field_info& field, const FieldPlan& plan) {
  switch (plan.kind) {
    case ValueKind::kLabel:
      return AppendLabel(out, field);
    case ValueKind::kNull:
      return out.Append("null");
    case ValueKind::kBoolean:
      return out.Append(wireshark::Boolean(field) ? "true" : "false");
    case ValueKind::kAbsoluteTime:
      return AppendAbsoluteTime(out, wireshark::Time(field));
    case ValueKind::kRelativeTime:
      return AppendRelativeTime(out, wireshark::Time(field));
    case ValueKind::kDecimal32:
      return Quoted(out, [&] { AppendDecimal(out, wireshark::Uint32(field)); });
    case ValueKind::kHex32:
      return Quoted(out, [&] {
        out.Append("0x");
        AppendHex(out, wireshark::Uint32(field), plan.hex_digits);
      });
    case ValueKind::kSigned32:
      return Quoted(out, [&] { AppendSignedDecimal(out, wireshark::Int32(field)); });
    case ValueKind::kDecimal64:
      return Quoted(out, [&] { AppendDecimal(out, wireshark::Uint64(field)); });
    case ValueKind::kHex64:
      return Quoted(out, [&] {
        out.Append("0x");
        AppendHex(out, wireshark::Uint64(field), 16);
      });
    case ValueKind::kSigned64:
      return Quoted(out, [&] { AppendSignedDecimal(out, wireshark::Int64(field)); });
    case ValueKind::kIpv4:
      return Quoted(out, [&] { AppendIpv4(out, wireshark::Ipv4(field)); });
    case ValueKind::kIpv6:
      return Quoted(out, [&] { AppendIpv6(out, wireshark::Ipv6(field)); });
    case ValueKind::kString:
      return AppendJsonStringWithNuls(out, wireshark::String(field));
    case ValueKind::kBytes:
      return Quoted(out, [&] { AppendHexBytes(out, wireshark::Bytes(field), plan.separator); });
    default:
      return AppendDisplayText(out, field);
  }
}

void AppendDisplayText(ByteBuffer& out, const field_info& field) {
  const auto text = wireshark::DisplayText(field);
  if (text == nullptr) return out.Append("null");
  AppendJsonString(out, text.get());
}

bool AppendRawValue(ByteBuffer& out, const epan_dissect_t& dissection, const field_info& field) {
  if (field.hfinfo->bitmask != 0) {
    AppendBits(out, field);
    return true;
  }
  if (field.ds_tvb == nullptr) return false;
  const int remaining = tvb_captured_length_remaining(field.ds_tvb, field.start);
  if (field.length > remaining) {
    out.Append(R"("field length invalid!")");
    return true;
  }
  Quoted(out, [&] {
    if (field.length <= 0 || !IsDataSource(dissection.pi, field.ds_tvb)) return;
    const auto length = static_cast<size_t>(field.length);
    AppendHexBytes(out, {tvb_get_ptr(field.ds_tvb, field.start, field.length), length}, '\0');
  });
  return true;
}

}  // namespace espcap::encode
