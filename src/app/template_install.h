// SPDX-License-Identifier: GPL-2.0-or-later
//
// The default template for the indices of a run, made while the run goes on.
#ifndef ESPCAP_APP_TEMPLATE_INSTALL_H_
#define ESPCAP_APP_TEMPLATE_INSTALL_H_

#include <memory>
#include <string>
#include <vector>

#include "cli/settings.h"
#include "elasticsearch/template_install.h"
#include "process/forked_task.h"
#include "schema/field.h"
#include "schema/index_template.h"

namespace espcap::app {

// Asks libwireshark for its fields in a process of its own.
class FieldTemplateMaker : public elasticsearch::TemplateMaker {
 public:
  // Both are borrowed.
  FieldTemplateMaker(const char* program_path, const cli::CaptureSettings& settings)
      : program_path_(program_path), settings_(settings) {}

  Result<void> Start(schema::Dialect dialect, schema::LabelType labels,
                     bool makes_data_stream) override;
  [[nodiscard]] int fd() const override { return fields_->fd(); }
  std::optional<Result<schema::IndexTemplate>> Collect() override;

 private:
  const char* program_path_;
  const cli::CaptureSettings& settings_;
  schema::TemplateRequest request_;
  std::unique_ptr<process::ForkedTask> fields_;
};

}  // namespace espcap::app

#endif  // ESPCAP_APP_TEMPLATE_INSTALL_H_
