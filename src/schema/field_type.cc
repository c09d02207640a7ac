// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/field_type.h"

#include <utility>

namespace espcap::schema {

FieldType Widest(FieldType a, FieldType b) {
  if (a == b) return a;
  if (a > b) std::swap(a, b);
  if (a == FieldType::kObject || b == FieldType::kMixed) return FieldType::kMixed;
  // true and false are words like others; null is no word, and leaves no trace among them.
  if (a == FieldType::kLong && b == FieldType::kUnsigned) return FieldType::kUnsigned;
  // A double alone would round what a long or more holds.
  if (a == FieldType::kLong && b == FieldType::kDouble) return FieldType::kUnsigned;
  if (a == FieldType::kUnsigned && b == FieldType::kDouble) return FieldType::kUnsigned;
  if (a == FieldType::kDate && b == FieldType::kDateNanos) return FieldType::kDate;
  return FieldType::kKeyword;
}

std::string_view ServerTypeName(FieldType type) {
  switch (type) {
    case FieldType::kPresence:
    case FieldType::kBoolean:
      return "boolean";
    case FieldType::kLong:
      return "long";
    case FieldType::kUnsigned:
    case FieldType::kDouble:
      return "double";
    case FieldType::kIp:
      return "ip";
    case FieldType::kDate:
      return "date";
    case FieldType::kDateNanos:
      return "date_nanos";
    case FieldType::kKeyword:
    case FieldType::kBytes:
      return "keyword";
    default:
      return "object";
  }
}

bool IsNumber(FieldType type) {
  return type == FieldType::kLong || type == FieldType::kUnsigned || type == FieldType::kDouble;
}

}  // namespace espcap::schema
