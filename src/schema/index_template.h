// SPDX-License-Identifier: GPL-2.0-or-later
//
// The index template that a fresh server needs before the first packet: without one, dynamic
// mapping stops at 1,000 fields and fixes each field's type by the first value it sees.
#ifndef ESPCAP_SCHEMA_INDEX_TEMPLATE_H_
#define ESPCAP_SCHEMA_INDEX_TEMPLATE_H_

#include <string>

namespace espcap::schema {

struct IndexTemplate {
  std::string name;           // "espcap-packets"
  std::string index_pattern;  // "packets-*"
  std::string body;           // of PUT _index_template/<name>
};

// For the indices that `index_pattern` (strftime's, as --index takes it) makes.
IndexTemplate PacketTemplate(const std::string& index_pattern);

}  // namespace espcap::schema

#endif  // ESPCAP_SCHEMA_INDEX_TEMPLATE_H_
