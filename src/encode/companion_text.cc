// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/companion_text.h"

namespace espcap::encode {
namespace {

// The registry says by flags what kind of table a field has.
const char* NameOf64(uint64_t value, const header_field_info& info) {
  void* table = const_cast<void*>(info.strings);
  if ((info.display & BASE_VAL64_STRING) != 0) {
    return (info.display & BASE_EXT_STRING) != 0
               ? try_val64_to_str_ext(value, static_cast<val64_string_ext*>(table))
               : try_val64_to_str(value, static_cast<const val64_string*>(table));
  }
  if ((info.display & BASE_RANGE_STRING) != 0) {
    return try_rval64_to_str(value, static_cast<const range_string*>(table));
  }
  return nullptr;
}

const char* NameOf32(uint32_t value, const header_field_info& info) {
  void* table = const_cast<void*>(info.strings);
  if ((info.display & BASE_RANGE_STRING) != 0) {
    return try_rval_to_str(value, static_cast<const range_string*>(table));
  }
  if ((info.display & BASE_VAL64_STRING) != 0) return NameOf64(value, info);
  return (info.display & BASE_EXT_STRING) != 0
             ? try_val_to_str_ext(value, static_cast<value_string_ext*>(table))
             : try_val_to_str(value, static_cast<const value_string*>(table));
}

const char* ValueName(const field_info& field) {
  using registry::ValueKind;
  const header_field_info& info = *field.hfinfo;
  switch (registry::FormatOf(info).kind) {
    case ValueKind::kDecimal64:
    case ValueKind::kHex64:
      return NameOf64(wireshark::Uint64(field), info);
    case ValueKind::kSigned64:
      return NameOf64(static_cast<uint64_t>(wireshark::Int64(field)), info);
    case ValueKind::kSigned32:
      return NameOf32(static_cast<uint32_t>(wireshark::Int32(field)), info);
    default:
      return NameOf32(wireshark::Uint32(field), info);
  }
}

// Not with NUL bytes in it: a hidden network's name is made of them.
bool IsText(std::string_view bytes) {
  return g_utf8_validate(bytes.data(), static_cast<gssize>(bytes.size()), nullptr) != FALSE;
}

}  // namespace

std::string_view CompanionText(const field_info& field, registry::ValueKind kind) {
  if (kind == registry::ValueKind::kValueName) {
    const char* name = ValueName(field);
    return name == nullptr ? std::string_view() : name;
  }
  const std::span<const uint8_t> bytes = wireshark::Bytes(field);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return !text.empty() && IsText(text) ? text : std::string_view();
}

}  // namespace espcap::encode
