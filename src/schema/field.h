// SPDX-License-Identifier: GPL-2.0-or-later
//
// A field as its users and a server know it, free of libwireshark.
#ifndef ESPCAP_SCHEMA_FIELD_H_
#define ESPCAP_SCHEMA_FIELD_H_

#include <cstdint>
#include <string>

#include "schema/field_type.h"

namespace espcap::schema {

// What is next to the field's value, under its key with "_text".
enum class Companion : uint8_t {
  kNone,
  kText,  // bytes that are text
  kName,  // of a number's value, where a run wants them
};

struct Field {
  std::string name;   // in display filters: "tcp.srcport"
  std::string key;    // in documents: "tcp_tcp_srcport"
  std::string layer;  // the key of the layer it belongs to, "tcp"; a layer's is its own
  FieldType type = FieldType::kKeyword;
  std::string description;  // "Source Port"
  Companion companion = Companion::kNone;
};

// From the document's root on: "layers.tcp.tcp_tcp_srcport".
inline std::string PathOf(const Field& field) {
  if (field.type == FieldType::kObject) return "layers." + field.key;
  return "layers." + field.layer + "." + field.key;
}

}  // namespace espcap::schema

#endif  // ESPCAP_SCHEMA_FIELD_H_
