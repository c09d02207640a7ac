// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/template_install.h"

#include "elasticsearch/elasticsearch.h"

namespace espcap::elasticsearch {

void TemplateInstall::Start(schema::Dialect dialect, schema::LabelType labels,
                            bool makes_data_stream, bool only_if_missing) {
  only_if_missing_ = only_if_missing;
  maker_->Start(dialect, labels, makes_data_stream);
}

Result<bool> TemplateInstall::CollectMade() {
  if (template_) return true;
  auto made = maker_->Collect();
  if (!made) return false;
  if (!*made) return tl::unexpected((*made).error());
  template_ = std::move(**made);
  puts_ = TemplatePuts(*template_);
  if (only_if_missing_) {
    for (TemplatePut& put : puts_) put.request.path += "?create=true";
  }
  maker_.reset();
  return true;
}

bool TemplateInstall::HandleResponse(const http::HttpResponse& response) {
  const bool is_there = only_if_missing_ && response.status == 400 &&
                        ReasonOf(response).find("already exists") != std::string::npos;
  if (response.status != 200 && !is_there) return false;
  ++next_put_;
  was_there_ = done() && is_there;
  return true;
}

}  // namespace espcap::elasticsearch
