// SPDX-License-Identifier: GPL-2.0-or-later
//
// espcap's template on its way to the server: made during the run, then put there part by part. It
// sends nothing itself. One thread.
#ifndef ESPCAP_ELASTICSEARCH_TEMPLATE_INSTALL_H_
#define ESPCAP_ELASTICSEARCH_TEMPLATE_INSTALL_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "elasticsearch/template_store.h"
#include "espcap/result.h"
#include "http/http_client.h"
#include "schema/dialect.h"
#include "schema/index_template.h"

namespace espcap::elasticsearch {

// Makes the template during the run, of libwireshark's fields, which come from another process.
class TemplateMaker {
 public:
  TemplateMaker() = default;
  TemplateMaker(const TemplateMaker&) = delete;
  TemplateMaker& operator=(const TemplateMaker&) = delete;
  virtual ~TemplateMaker() = default;

  // Once.
  virtual void Start(schema::Dialect dialect, schema::LabelType labels, bool makes_data_stream) = 0;
  // Readable when Collect() has something to do. REQUIRES: started.
  [[nodiscard]] virtual int fd() const = 0;
  // The template once it is made, or why it can't be.
  virtual std::optional<Result<schema::IndexTemplate>> Collect() = 0;
};

class TemplateInstall {
 public:
  // `maker` null: nothing is installed.
  explicit TemplateInstall(std::unique_ptr<TemplateMaker> maker) : maker_(std::move(maker)) {}

  // `only_if_missing`: not over one of the same name. REQUIRES: a maker.
  void Start(schema::Dialect dialect, schema::LabelType labels, bool makes_data_stream,
             bool only_if_missing);
  // Nothing is installed, and the maker goes.
  void Skip() { maker_.reset(); }
  // REQUIRES: started.
  [[nodiscard]] int maker_fd() const { return template_ ? -1 : maker_->fd(); }
  // Whether it is made by now; an error: it can't be.
  Result<bool> CollectMade();

  // REQUIRES: made, and not done.
  [[nodiscard]] http::HttpRequest NextRequest() const { return puts_[next_put_].request; }
  [[nodiscard]] const std::string& next_name() const { return puts_[next_put_].name; }
  // Whether the server has the part now; else it refuses it.
  bool HandleResponse(const http::HttpResponse& response);
  [[nodiscard]] bool done() const { return template_ && next_put_ == puts_.size(); }
  // One of that name was there.
  [[nodiscard]] bool was_there() const { return was_there_; }

 private:
  std::unique_ptr<TemplateMaker> maker_;
  bool only_if_missing_ = false;
  bool was_there_ = false;
  std::optional<schema::IndexTemplate> template_;  // once it is made
  std::vector<TemplatePut> puts_;
  size_t next_put_ = 0;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_TEMPLATE_INSTALL_H_
