// SPDX-License-Identifier: GPL-2.0-or-later
#include "registry/field_catalog.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "dissect/field_registry.h"

namespace espcap::registry {
namespace {

using schema::Field;
using schema::FieldType;

// The times that a capture gives its packets; those that protocols carry can be any.
constexpr std::string_view kPacketTimes = "frame.time";

std::string LayerOf(const header_field_info& field) {
  if (field.parent == -1 || dissect::IsLayer(field)) return EkKey(field);
  return EkKey(*proto_registrar_get_nth(static_cast<guint>(field.parent)));
}

schema::Companion CompanionTo(const header_field_info& field) {
  switch (CompanionOf(field)) {
    case ValueKind::kBytesText:
      return schema::Companion::kText;
    case ValueKind::kValueName:
      return schema::Companion::kName;
    default:
      return schema::Companion::kNone;
  }
}

void Add(KeyTypes& types, const std::string& key, FieldType type) {
  const auto [found, is_new] = types.emplace(key, type);
  if (!is_new) found->second = schema::Widest(found->second, type);
}

constexpr std::string_view kRaw = "_raw";

// With --hex, the bytes of one field stand under its key with "_raw", which can be another's key.
void WidenForBytes(KeyTypes& types) {
  for (auto& [key, type] : types) {
    if (!key.ends_with(kRaw) || !types.contains(key.substr(0, key.size() - kRaw.size()))) continue;
    type = schema::Widest(type, FieldType::kBytes);
  }
}

// The same types as ReadKeyTypes(), of these keys alone: most fields' keys are not kept.
KeyTypes TypesOf(std::unordered_set<std::string> keys) {
  for (const std::string& key : std::vector<std::string>(keys.begin(), keys.end())) {
    if (key.ends_with(kRaw)) keys.insert(key.substr(0, key.size() - kRaw.size()));
  }
  KeyTypes types;
  dissect::ForEachField([&](const header_field_info& field) {
    const std::string key = EkKey(field);
    if (keys.contains(key)) Add(types, key, TypeOf(field));
  });
  WidenForBytes(types);
  return types;
}

}  // namespace

FieldType TypeOf(const header_field_info& field) {
  switch (FormatOf(field).kind) {
    case ValueKind::kObject:
      return FieldType::kObject;
    case ValueKind::kNull:
      return FieldType::kPresence;
    case ValueKind::kBoolean:
      return FieldType::kBoolean;
    case ValueKind::kAbsoluteTime:
      return field.abbrev == kPacketTimes ? FieldType::kDateNanos : FieldType::kDate;
    case ValueKind::kRelativeTime:
      return FieldType::kDouble;
    case ValueKind::kDecimal32:
    case ValueKind::kSigned32:
    case ValueKind::kSigned64:
      return FieldType::kLong;
    case ValueKind::kDecimal64:
      return field.type == FT_UINT64 ? FieldType::kUnsigned : FieldType::kLong;
    case ValueKind::kIpv4:
    case ValueKind::kIpv6:
      return FieldType::kIp;
    case ValueKind::kBytes:
      return field.type == FT_BYTES || field.type == FT_UINT_BYTES ? FieldType::kBytes
                                                                   : FieldType::kKeyword;
    case ValueKind::kDisplayText:
      return field.type == FT_FLOAT || field.type == FT_DOUBLE ? FieldType::kDouble
                                                               : FieldType::kKeyword;
    default:
      // Hexadecimal numbers have as many digits as their width asks for: they sort as numbers do.
      return FieldType::kKeyword;
  }
}

KeyTypes ReadKeyTypes() {
  proto_initialize_all_prefixes();
  KeyTypes types;
  dissect::ForEachField(
      [&types](const header_field_info& field) { Add(types, EkKey(field), TypeOf(field)); });
  WidenForBytes(types);
  return types;
}

std::vector<Field> ReadFields(const std::function<bool(const header_field_info& field)>& wanted) {
  proto_initialize_all_prefixes();
  std::vector<Field> fields;
  std::unordered_set<std::string> keys;
  dissect::ForEachField([&](const header_field_info& field) {
    if (!wanted(field)) return;
    std::string key = EkKey(field);
    keys.insert(key);
    fields.push_back({field.abbrev, std::move(key), LayerOf(field), FieldType::kKeyword, field.name,
                      CompanionTo(field)});
  });
  const KeyTypes types = TypesOf(std::move(keys));
  for (Field& field : fields) field.type = types.at(field.key);
  const auto identity = [](const Field& field) { return std::tie(field.name, field.key); };
  std::stable_sort(fields.begin(), fields.end(),
                   [&](const Field& a, const Field& b) { return identity(a) < identity(b); });
  const auto same = std::unique(fields.begin(), fields.end(), [&](const Field& a, const Field& b) {
    return identity(a) == identity(b);
  });
  fields.erase(same, fields.end());
  return fields;
}

}  // namespace espcap::registry
