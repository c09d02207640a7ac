// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where servers differ.
#ifndef ESPCAP_SCHEMA_DIALECT_H_
#define ESPCAP_SCHEMA_DIALECT_H_

namespace espcap::schema {

// What they call the type whose object is one field: flattened, flat_object.
enum class Dialect { kElasticsearch, kOpenSearch };

}  // namespace espcap::schema

#endif  // ESPCAP_SCHEMA_DIALECT_H_
