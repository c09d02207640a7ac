// SPDX-License-Identifier: GPL-2.0-or-later
//
// The index template that a server needs before the first packet: without one, dynamic mapping
// stops at 1,000 fields and fixes each field's type by the first value it sees. A composable
// template and its components, for Elasticsearch from 7.17 and OpenSearch.
#ifndef ESPCAP_SCHEMA_INDEX_TEMPLATE_H_
#define ESPCAP_SCHEMA_INDEX_TEMPLATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "schema/dialect.h"
#include "schema/field.h"
#include "schema/provenance_fields.h"

namespace espcap::schema {

struct TemplatePart {
  std::string name;
  std::string body;  // of PUT _component_template/<name>
};

struct IndexTemplate {
  std::string name;           // "espcap-packets"
  std::string index_pattern;  // "packets-*"
  std::vector<TemplatePart> components;
  std::string body;  // of PUT _index_template/<name>
};

// More than what is for every index usually has, and than the 100 of the templates that
// Elasticsearch brings for its own data streams (logs-*-*).
inline constexpr int64_t kPriority = 200;

struct TemplateRequest {
  std::string index;  // strftime(3)'s pattern, as --index takes it; a data stream's name
  bool data_stream = false;
  int64_t priority = kPriority;
  Dialect dialect = Dialect::kElasticsearch;
  bool value_strings = false;  // documents have the names of values too
  bool searches_columns = true;
  LabelMapping labels = {};
};

// For documents in which `fields` can be searched; and what of `rest` isn't among them, as
// keywords: whole layers as one flattened field each. Mixed fields are left out.
IndexTemplate BuildTemplate(const TemplateRequest& request, const std::vector<Field>& fields,
                            const std::vector<Field>& rest = {});

// Everything for a person, or another program, to read: the shape in which a server shows
// templates.
std::string PrintTemplate(const IndexTemplate& index_template);

}  // namespace espcap::schema

#endif  // ESPCAP_SCHEMA_INDEX_TEMPLATE_H_
