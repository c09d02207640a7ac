// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a template of an earlier release, and an index that it made, lack to find documents by where
// they come from: added one request at a time. Nothing that is there is changed, and documents are
// accepted without it, so what the server refuses is left. A state machine: it sends nothing and
// waits for nothing. One thread.
#ifndef ESPCAP_ELASTICSEARCH_TEMPLATE_UPDATE_H_
#define ESPCAP_ELASTICSEARCH_TEMPLATE_UPDATE_H_

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "elasticsearch/index_inquiry.h"
#include "espcap/result.h"
#include "http/http_client.h"
#include "schema/provenance_fields.h"

namespace espcap::elasticsearch {

// The composable template to be updated: the one that decides, if espcap made it and it has an
// older revision; null: none.
const ListedTemplate* OutdatedTemplate(const std::vector<ListedTemplate>& composable,
                                       std::string_view index);

class TemplateUpdate {
 public:
  // For the index of this state.
  void Start(const IndexState& index_state, const schema::LabelMapping& labels);

  [[nodiscard]] bool done() const { return step_ == Step::kDone; }
  // REQUIRES, of these: not done. Its body is borrowed.
  [[nodiscard]] http::HttpRequest NextRequest() const;
  // "add espcap's fields to packets-0".
  [[nodiscard]] std::string Question() const;
  // What is refused, or can't be read, is skipped.
  void HandleResponse(const http::HttpResponse& response);
  // Goes on without this step, and those that need it.
  void Skip(const std::string& reason);
  // What the user should know: of templates once, of indices once.
  std::vector<std::string> DrainWarnings() { return std::exchange(warnings_, {}); }

  // The template that was brought to this revision; empty: none.
  [[nodiscard]] const std::string& updated() const { return updated_; }

 private:
  enum class Step : uint8_t {
    kList,       // which template decides
    kRead,       // it
    kComponent,  // put
    kTemplate,   // put
    kMapping,    // of the index, put
    kDone,
  };

  void Begin(const ListedTemplate* outdated);
  Result<void> HandleAnswer(const http::HttpResponse& response);
  Result<void> ReadBody(const nlohmann::json& answer);
  void ContinueWithMapping();

  Step step_ = Step::kDone;
  std::string index_;         // that templates are looked for
  std::string mapped_index_;  // to which fields are added; empty: none
  std::string template_name_;
  std::string component_;
  std::string body_;     // of the template
  std::string mapping_;  // of the index
  std::string updated_;
  bool told_of_template_ = false;
  bool told_of_index_ = false;
  std::vector<std::string> warnings_;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_TEMPLATE_UPDATE_H_
