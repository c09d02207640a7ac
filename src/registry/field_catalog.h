// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every field of the running libwireshark as a server meets it: its name in display filters, its
// key in documents, and the type that every value under that key fits, whichever of the fields that
// share the key it comes from. Read once, in a fraction of a second; plain data afterwards.
// REQUIRES: a started EpanLibrary while reading.
#ifndef ESPCAP_REGISTRY_FIELD_CATALOG_H_
#define ESPCAP_REGISTRY_FIELD_CATALOG_H_

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "registry/value_kind.h"
#include "schema/field.h"

namespace espcap::registry {

// Of this field alone.
schema::FieldType TypeOf(const header_field_info& field);

// The types of keys, as they are wanted while documents are written.
using KeyTypes = std::unordered_map<std::string, schema::FieldType>;
KeyTypes ReadKeyTypes();

// One entry for each name and key, sorted by name, of the fields that are wanted.
std::vector<schema::Field> ReadFields(
    const std::function<bool(const header_field_info& field)>& wanted);

}  // namespace espcap::registry

#endif  // ESPCAP_REGISTRY_FIELD_CATALOG_H_
