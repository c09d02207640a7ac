// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/template_install.h"

#include <utility>

#include "app/field_source.h"
#include "app/run_options.h"

namespace espcap::app {

Result<void> FieldTemplateMaker::Start(schema::Dialect dialect) {
  dialect_ = dialect;
  auto begun = BeginToFetchFields(program_path_, DissectionOptionsOf(settings_.dissection), {});
  if (!begun) return Fail("make the index template: {}", begun.error().message);
  fields_ = std::move(*begun);
  return {};
}

std::optional<Result<schema::IndexTemplate>> FieldTemplateMaker::Take() {
  auto packed = fields_->Read();
  if (!packed) return std::nullopt;
  if (!*packed) return Fail("make the index template: {}", packed->error().message);
  schema::TemplateRequest request;
  request.index = settings_.index;
  request.dialect = dialect_;
  request.value_strings = settings_.value_strings;
  return schema::BuildTemplate(request, UnpackFields(**packed));
}

}  // namespace espcap::app
