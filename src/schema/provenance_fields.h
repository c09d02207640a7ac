// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a template says of where documents come from: the members of `espcap`, and their likes in
// the Elastic Common Schema. In a component of its own, which templates of earlier releases get
// in addition to theirs. Pure functions.
#ifndef ESPCAP_SCHEMA_PROVENANCE_FIELDS_H_
#define ESPCAP_SCHEMA_PROVENANCE_FIELDS_H_

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "schema/dialect.h"

namespace espcap::schema {

// Raised with each change of the template that documents have use for; 0 was before it was said.
inline constexpr int64_t kTemplateRevision = 2;

// How a server keeps texts under any keys.
enum class LabelType : uint8_t {
  kFlattened,
  kFlatObject,  // OpenSearch from 2.7
  kKeywords,    // before that: each key is a field
};
// `version`: "2.19.1"; empty: a new one.
LabelType LabelTypeOf(Dialect dialect, std::string_view version);

struct LabelMapping {
  LabelType type = LabelType::kFlattened;
  std::vector<std::string> keys;  // of the run
};

// By the root's properties.
nlohmann::json ProvenanceProperties(const LabelMapping& labels);
// Of the component, by the template's name.
std::string ProvenanceComponentName(const std::string& template_name);
// Its body, with its revision.
std::string ProvenanceComponent(const LabelMapping& labels);
// What each part of the template says of itself.
nlohmann::json TemplateMeta();
// An index, or a template, has them.
bool HasProvenance(const nlohmann::json& mappings);

}  // namespace espcap::schema

#endif  // ESPCAP_SCHEMA_PROVENANCE_FIELDS_H_
