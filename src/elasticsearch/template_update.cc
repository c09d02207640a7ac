// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/template_update.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/bounded_json.h"
#include "elasticsearch/elasticsearch.h"

namespace espcap::elasticsearch {
namespace {

using nlohmann::json;
using Kind = IndexState::Kind;

constexpr base::JsonBounds kBounds{
    .bytes = http::kMaxResponseBytes, .depth = 64, .time = std::chrono::milliseconds(100)};
// What can be written of a template; servers show more.
constexpr std::array kWritten = {
    "index_patterns", "priority",    "composed_of",       "template",
    "version",        "data_stream", "allow_auto_create", "ignore_missing_component_templates"};

Result<json> Parse(const std::string& body) {
  if (auto checked = base::CheckJson(body, kBounds); !checked) {
    return Fail("the answer is {}", checked.error().message);
  }
  json answer = json::parse(body, nullptr, false);
  if (!answer.is_object()) return Fail("the answer is no JSON object");
  return answer;
}

}  // namespace

const ListedTemplate* OutdatedTemplate(const std::vector<ListedTemplate>& composable,
                                       std::string_view index) {
  const ListedTemplate* const winner = WinnerFor(composable, index);
  const bool is_outdated =
      winner != nullptr && winner->is_espcaps && winner->revision < schema::kTemplateRevision;
  return is_outdated ? winner : nullptr;
}

void TemplateUpdate::Start(const IndexState& index_state, const schema::LabelMapping& labels) {
  index_ = index_state.kind == Kind::kAlias ? index_state.write_index : index_state.index;
  component_ = schema::ProvenanceComponent(labels);
  mapped_index_.clear();
  if (!index_state.write_index.empty() && index_state.write_fault.empty() &&
      index_state.lacks_provenance) {
    mapped_index_ = index_state.write_index;
    mapping_ = json{{"properties", schema::ProvenanceProperties(labels)}}.dump();
  }
  const bool has_templates =
      index_state.kind == Kind::kAlias || index_state.kind == Kind::kDataStream;
  if (index_state.composable) {
    Begin(OutdatedTemplate(*index_state.composable, index_));
  } else if (has_templates && !mapped_index_.empty()) {
    step_ = Step::kList;
  } else {
    ContinueWithMapping();
  }
}

void TemplateUpdate::Begin(const ListedTemplate* outdated) {
  if (outdated == nullptr) return ContinueWithMapping();
  template_name_ = outdated->name;
  step_ = Step::kRead;
}

void TemplateUpdate::ContinueWithMapping() {
  step_ = mapped_index_.empty() ? Step::kDone : Step::kMapping;
}

http::HttpRequest TemplateUpdate::NextRequest() const {
  using http::PercentEncoded;
  const std::string path = "/_index_template/" + PercentEncoded(template_name_);
  switch (step_) {
    case Step::kList:
      return ComposableQuestion();
    case Step::kRead:
      return {.path = path};
    case Step::kComponent:
      return {.method = "PUT",
              .path = "/_component_template/" +
                      PercentEncoded(schema::ProvenanceComponentName(template_name_)),
              .body = component_};
    case Step::kTemplate:
      return {.method = "PUT", .path = path, .body = body_};
    default:
      return {.method = "PUT",
              .path = "/" + PercentEncoded(mapped_index_) + "/_mapping",
              .body = mapping_};
  }
}

std::string TemplateUpdate::Question() const {
  if (step_ == Step::kMapping) {
    return "add the fields of --provenance to the index " + mapped_index_;
  }
  if (step_ == Step::kList) return "look for the index templates for " + index_;
  return "add the fields of --provenance to the template " + template_name_;
}

void TemplateUpdate::HandleResponse(const http::HttpResponse& response) {
  if (response.status != 200) {
    return Skip(fmt::format("{} ({})", response.status, ReasonOf(response)));
  }
  if (auto taken = HandleAnswer(response); !taken) Skip(taken.error().message);
}

Result<void> TemplateUpdate::HandleAnswer(const http::HttpResponse& response) {
  switch (step_) {
    case Step::kList: {
      auto answer = Parse(response.body);
      if (!answer) return Forward(std::move(answer));
      const std::vector<ListedTemplate> composable = ReadComposable(*answer);
      Begin(OutdatedTemplate(composable, index_));
      return {};
    }
    case Step::kRead: {
      auto answer = Parse(response.body);
      if (!answer) return Forward(std::move(answer));
      return ReadBody(*answer);
    }
    case Step::kComponent:
      step_ = Step::kTemplate;
      return {};
    case Step::kTemplate:
      updated_ = template_name_;
      ContinueWithMapping();
      return {};
    default:
      step_ = Step::kDone;
      return {};
  }
}

// It stays as it is, with one component more.
Result<void> TemplateUpdate::ReadBody(const json& answer) {
  const json::json_pointer place("/index_templates/0/index_template");
  if (!answer.contains(place) || !answer.at(place).is_object()) {
    return Fail("the answer isn't understood");
  }
  const json& there = answer.at(place);
  json body = json::object();
  for (const char* key : kWritten) {
    if (there.contains(key) && !there[key].is_null()) body[key] = there[key];
  }
  json& parts = body["composed_of"];
  if (!parts.is_array()) parts = json::array();
  const std::string component = schema::ProvenanceComponentName(template_name_);
  if (std::find(parts.begin(), parts.end(), component) == parts.end()) parts.push_back(component);
  body["_meta"] = schema::TemplateMeta();
  body_ = body.dump();
  step_ = Step::kComponent;
  return {};
}

void TemplateUpdate::Skip(const std::string& reason) {
  const bool is_index = step_ == Step::kMapping;
  if (!std::exchange(is_index ? told_of_index_ : told_of_template_, true)) {
    warnings_.push_back(
        fmt::format("{}: {}; espcap goes on, and documents can't be searched by where they come "
                    "from",
                    Question(), reason));
  }
  if (is_index) {
    step_ = Step::kDone;
  } else {
    ContinueWithMapping();
  }
}

}  // namespace espcap::elasticsearch
