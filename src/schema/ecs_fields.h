// SPDX-License-Identifier: GPL-2.0-or-later
//
// The fields of the Elastic Common Schema that documents have with --ecs, with its own types.
#ifndef ESPCAP_SCHEMA_ECS_FIELDS_H_
#define ESPCAP_SCHEMA_ECS_FIELDS_H_

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace espcap::schema {

inline constexpr std::string_view kEcsVersion = "8.11.0";

// The properties of a template, from the root of the document on.
nlohmann::json EcsProperties();

}  // namespace espcap::schema

#endif  // ESPCAP_SCHEMA_ECS_FIELDS_H_
