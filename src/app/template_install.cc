// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/template_install.h"

#include <utility>

#include "app/field_source.h"
#include "app/run_origin.h"
#include "schema/index_pattern.h"

namespace espcap::app {

void FieldTemplateMaker::Start(schema::Dialect dialect, schema::LabelType labels,
                               bool makes_data_stream) {
  request_.index = makes_data_stream ? schema::IndexPattern(settings_.index) : settings_.index;
  request_.data_stream = makes_data_stream;
  request_.priority = settings_.template_priority;
  request_.dialect = dialect;
  request_.labels = {labels, LabelKeysOf(settings_.origin)};
  request_.value_strings = settings_.value_strings;
  request_.searches_columns = settings_.columns || settings_.detail == "tree";
  fields_.Ask();
}

std::optional<Result<schema::IndexTemplate>> FieldTemplateMaker::Collect() {
  const auto packed = fields_.Collect();
  if (!packed) return std::nullopt;
  auto fields = packed->and_then(UnpackFields);
  if (!fields) return Fail("make the index template: {}", fields.error().message);
  return schema::BuildTemplate(request_, *fields);
}

}  // namespace espcap::app
