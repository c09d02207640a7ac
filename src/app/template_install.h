// SPDX-License-Identifier: GPL-2.0-or-later
//
// The default template for the indices of a run, made while the run goes on.
#ifndef ESPCAP_APP_TEMPLATE_INSTALL_H_
#define ESPCAP_APP_TEMPLATE_INSTALL_H_

#include <optional>
#include <utility>

#include "cli/settings.h"
#include "elasticsearch/template_install.h"
#include "process/reply.h"
#include "schema/index_template.h"

namespace espcap::app {

class FieldTemplateMaker : public elasticsearch::TemplateMaker {
 public:
  // `fields`: a process that replies PackCuratedFields(). The settings are borrowed.
  FieldTemplateMaker(process::ReplyReader fields, const cli::CaptureSettings& settings)
      : fields_(std::move(fields)), settings_(settings) {}

  void Start(schema::Dialect dialect, schema::LabelType labels, bool makes_data_stream) override;
  [[nodiscard]] int fd() const override { return fields_.fd(); }
  std::optional<Result<schema::IndexTemplate>> Collect() override;

 private:
  process::ReplyReader fields_;
  const cli::CaptureSettings& settings_;
  schema::TemplateRequest request_;
};

}  // namespace espcap::app

#endif  // ESPCAP_APP_TEMPLATE_INSTALL_H_
