// SPDX-License-Identifier: GPL-2.0-or-later
//
// The default template for the indices of a run, made while the run goes on.
#ifndef ESPCAP_APP_TEMPLATE_INSTALL_H_
#define ESPCAP_APP_TEMPLATE_INSTALL_H_

#include <functional>
#include <optional>
#include <utility>

#include "cli/settings.h"
#include "elasticsearch/template_install.h"
#include "process/reply.h"
#include "schema/index_template.h"

namespace espcap::app {

class FieldTemplateMaker : public elasticsearch::TemplateMaker {
 public:
  // Begins to ask a process that has libwireshark for PackCuratedFields().
  using AskFields = std::function<Result<process::ReplyReader>()>;

  // The settings are borrowed.
  FieldTemplateMaker(AskFields ask_fields, const cli::CaptureSettings& settings)
      : ask_fields_(std::move(ask_fields)), settings_(settings) {}

  Result<void> Start(schema::Dialect dialect, schema::LabelType labels,
                     bool makes_data_stream) override;
  [[nodiscard]] int fd() const override { return fields_->fd(); }
  std::optional<Result<schema::IndexTemplate>> Collect() override;

 private:
  AskFields ask_fields_;
  const cli::CaptureSettings& settings_;
  schema::TemplateRequest request_;
  std::optional<process::ReplyReader> fields_;
};

}  // namespace espcap::app

#endif  // ESPCAP_APP_TEMPLATE_INSTALL_H_
