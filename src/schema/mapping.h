// SPDX-License-Identifier: GPL-2.0-or-later
//
// Mappings of a template as JSON.
#ifndef ESPCAP_SCHEMA_MAPPING_H_
#define ESPCAP_SCHEMA_MAPPING_H_

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "schema/dialect.h"
#include "schema/field.h"

namespace espcap::schema {

// Of a value of this type. REQUIRES: neither kObject nor kMixed.
nlohmann::json MappingOf(FieldType type);

// Below `properties`, objects on the way included, at a path like "layers.ip.ip_ip_src".
nlohmann::json& PropertyAt(nlohmann::json& properties, std::string_view path);

// The properties of `layers` that make `fields` searchable.
nlohmann::json LayerProperties(const std::vector<Field>& fields, bool value_strings = false);

// Makes searchable what of `rest` isn't in `properties`: each layer that has nothing there becomes
// one flattened field, single fields of the others keywords.
void AddRest(nlohmann::json& properties, const std::vector<Field>& rest, Dialect dialect);

// How many fields a server counts in it: objects and fields of fields, too.
size_t CountFields(const nlohmann::json& properties);

}  // namespace espcap::schema

#endif  // ESPCAP_SCHEMA_MAPPING_H_
