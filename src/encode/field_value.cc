// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/field_value.h"

#include <cstring>
#include <span>
#include <string_view>

#include "encode/address_text.h"
#include "encode/companion_text.h"
#include "encode/digits.h"
#include "encode/hex_bytes.h"
#include "encode/json_text.h"
#include "encode/time_text.h"

namespace espcap::encode {
namespace {

// Claims room once for a value of at most `max_bytes`, and quotes what `write` makes of it: a
// function from where to begin to where it ended.
template <class Write>
void AppendQuoted(ByteBuffer& out, size_t max_bytes, Write write) {
  char* begin = out.Claim(max_bytes + 2);
  *begin = '"';
  char* end = write(begin + 1);
  *end = '"';
  out.Commit(end + 1);
}

void AppendDecimalValue(ByteBuffer& out, uint64_t value) {
  AppendQuoted(out, kMaxDecimalDigits + kDigitSlack,
               [value](char* write) { return WriteDecimal(write, value); });
}

void AppendSignedValue(ByteBuffer& out, int64_t value) {
  AppendQuoted(out, kMaxDecimalDigits + kDigitSlack,
               [value](char* write) { return WriteSignedDecimal(write, value); });
}

void AppendHexValue(ByteBuffer& out, uint64_t value, unsigned digits) {
  AppendQuoted(out, 2 + kMaxHexDigits, [value, digits](char* write) {
    return WriteHex(WriteText(write, "0x"), value, digits);
  });
}

void AppendBytes(ByteBuffer& out, std::span<const uint8_t> bytes, char separator) {
  AppendQuoted(out, 3 * bytes.size(),
               [bytes, separator](char* write) { return WriteHexBytes(write, bytes, separator); });
}

void AppendLabel(ByteBuffer& out, const field_info& field) {
  if (field.rep == nullptr) return out.Append("null");
  AppendJsonString(out, field.rep->representation);
}

void AppendNumber(ByteBuffer& out, uint64_t value) {
  out.Commit(WriteDecimal(out.Claim(kMaxDecimalDigits + kDigitSlack), value));
}

void AppendSignedNumber(ByteBuffer& out, int64_t value) {
  out.Commit(WriteSignedDecimal(out.Claim(1 + kMaxDecimalDigits + kDigitSlack), value));
}

// libwireshark's digits; JSON has none for infinity and what is no number.
void AppendFraction(ByteBuffer& out, const field_info& field) {
  const auto text = wireshark::DisplayText(field);
  const std::string_view digits = text == nullptr ? std::string_view() : text.get();
  const bool is_number =
      !digits.empty() && digits.find_first_not_of("0123456789+-.e") == std::string_view::npos;
  out.Append(is_number ? digits : "null");
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
  AppendQuoted(out, kMaxHexDigits, [value](char* write) {
    char* const end = write + CountHexDigits(value);
    uint64_t rest = value;
    for (char* digit = end; digit != write; rest >>= 4U) *--digit = "0123456789ABCDEF"[rest & 0xFU];
    return end;
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

void AppendFieldValue(ByteBuffer& out, const field_info& field, ValueFormat format) {
  switch (format.kind) {
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
      return AppendDecimalValue(out, wireshark::Uint32(field));
    case ValueKind::kHex32:
      return AppendHexValue(out, wireshark::Uint32(field), format.hex_digits);
    case ValueKind::kSigned32:
      return AppendSignedValue(out, wireshark::Int32(field));
    case ValueKind::kDecimal64:
      return AppendDecimalValue(out, wireshark::Uint64(field));
    case ValueKind::kHex64:
      return AppendHexValue(out, wireshark::Uint64(field), kMaxHexDigits);
    case ValueKind::kSigned64:
      return AppendSignedValue(out, wireshark::Int64(field));
    case ValueKind::kIpv4:
      return AppendQuoted(out, kMaxIpv4Text,
                          [&](char* write) { return WriteIpv4(write, wireshark::Ipv4(field)); });
    case ValueKind::kIpv6:
      return AppendQuoted(out, kMaxIpv6Text,
                          [&](char* write) { return WriteIpv6(write, wireshark::Ipv6(field)); });
    case ValueKind::kString:
      return AppendJsonStringWithNuls(out, wireshark::String(field));
    case ValueKind::kBytes:
      return AppendBytes(out, wireshark::Bytes(field), format.separator);
    case ValueKind::kNumber32:
      return AppendNumber(out, wireshark::Uint32(field));
    case ValueKind::kSignedNumber32:
      return AppendSignedNumber(out, wireshark::Int32(field));
    case ValueKind::kNumber64:
      return AppendNumber(out, wireshark::Uint64(field));
    case ValueKind::kSignedNumber64:
      return AppendSignedNumber(out, wireshark::Int64(field));
    case ValueKind::kSeconds:
      return AppendSecondsNumber(out, wireshark::Time(field));
    case ValueKind::kFraction:
      return AppendFraction(out, field);
    case ValueKind::kValueName:
    case ValueKind::kBytesText:
      return AppendJsonString(out, CompanionText(field, format.kind));
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
  std::span<const uint8_t> bytes;
  if (field.length > 0 && IsDataSource(dissection.pi, field.ds_tvb)) {
    bytes = {tvb_get_ptr(field.ds_tvb, field.start, field.length),
             static_cast<size_t>(field.length)};
  }
  AppendBytes(out, bytes, '\0');
  return true;
}

}  // namespace espcap::encode
