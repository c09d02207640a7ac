// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether an index has, or would get, the types that espcap's template gives: by a few fields and
// by what becomes of the others, so that a server needn't send a mapping of megabytes. Pure
// functions.
#ifndef ESPCAP_SCHEMA_MAPPING_FAULT_H_
#define ESPCAP_SCHEMA_MAPPING_FAULT_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace espcap::schema {

// What MappingFault() reads, as paths of filter_path, comma-separated; `root`: "template.mappings".
std::string MappingPaths(std::string_view root);

// "layers.ip.ip_ip_src is text in place of ip"; empty: the types are espcap's.
std::string MappingFault(const nlohmann::json& mappings);

}  // namespace espcap::schema

#endif  // ESPCAP_SCHEMA_MAPPING_FAULT_H_
