// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a server is told about a field: one of a few types, each of which every text fits that
// espcap writes for it. Pure functions.
#ifndef ESPCAP_SCHEMA_FIELD_TYPE_H_
#define ESPCAP_SCHEMA_FIELD_TYPE_H_

#include <cstdint>
#include <string_view>

namespace espcap::schema {

enum class FieldType : uint8_t {
  kObject,    // a layer
  kPresence,  // no value: that it is there is all there is to know
  kBoolean,
  kLong,
  kUnsigned,  // 64 bits without a sign: more than `long` holds
  kDouble,    // fractions, durations
  kIp,
  kDate,       // any time that a protocol carries
  kDateNanos,  // the time of a packet
  kKeyword,    // names, hexadecimal numbers, hardware addresses, ids
  kBytes,      // long ones are not for searching
  kMixed       // an object here, a value there: no server takes both under one name
};

// The type that values of both fit, and that loses nothing of either.
FieldType Widest(FieldType a, FieldType b);

// As Elasticsearch calls it; "object" for kMixed, too, which is never mapped.
std::string_view ServerTypeName(FieldType type);

// Whether its values are JSON numbers where numbers are wanted.
bool IsNumber(FieldType type);

}  // namespace espcap::schema

#endif  // ESPCAP_SCHEMA_FIELD_TYPE_H_
