// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/index_inquiry.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/bounded_json.h"
#include "schema/mapping_fault.h"
#include "schema/provenance_fields.h"

namespace espcap::elasticsearch {
namespace {

using nlohmann::json;

// Every question names the few members that it wants: thousands of templates fit.
constexpr base::JsonBounds kBounds{
    .bytes = http::kMaxResponseBytes, .depth = 64, .time = std::chrono::milliseconds(100)};
// This name of a pipeline means that there is to be none.
constexpr std::string_view kNoPipeline = "_none";
constexpr std::array kPipelineSettings = {"default_pipeline", "final_pipeline"};

// Null where it isn't there.
const json& Member(const json& object, std::string_view key) {
  static const json kNull;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found == object.end() ? kNull : *found;
}

const json& First(const json& list) {
  static const json kNull;
  return list.is_array() && !list.empty() ? list.front() : kNull;
}

const json& FirstValue(const json& object) {
  static const json kNull;
  return object.is_object() && !object.empty() ? object.begin().value() : kNull;
}

std::string Text(const json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

// A data stream's newest index is its last.
std::string WriteIndexOf(const json& data_stream) {
  const json& indices = Member(data_stream, "backing_indices");
  return indices.is_array() && !indices.empty() ? Text(indices.back()) : std::string();
}

std::string SettingsPaths(std::string_view root) {
  std::string paths;
  for (const char* setting : kPipelineSettings) {
    paths += "," + std::string(root) + ".index." + setting;
  }
  return paths;
}

// A layer that is one field of its own: "flat_object" says so.
bool HasFlatObject(const json& mappings) {
  const json& layers = Member(Member(Member(mappings, "properties"), "layers"), "properties");
  return layers.is_object() && std::any_of(layers.begin(), layers.end(), [](const json& layer) {
           return Text(Member(layer, "type")) == "flat_object";
         });
}

std::string LayerTypes(std::string_view root) {
  return "," + std::string(root) + ".properties.layers.properties.*.type";
}

}  // namespace

const ListedTemplate* IndexState::Winner() const {
  return composable ? WinnerFor(*composable, index) : nullptr;
}

IndexInquiry::IndexInquiry(Options options)
    : options_(std::move(options)), step_(options_.index.empty() ? Step::kPipeline : Step::kName) {
  index_state_.index = options_.index;
  const bool has_pipeline = !options_.pipeline.empty() && options_.pipeline != kNoPipeline;
  if (options_.is_first && has_pipeline) {
    pipelines_.push_back(options_.pipeline);
  }
  if (step_ == Step::kPipeline && pipelines_.empty()) step_ = Step::kDone;
}

http::HttpRequest IndexInquiry::NextRequest() const {
  using http::PercentEncoded;
  const auto get = [](std::string path) { return http::HttpRequest{.path = std::move(path)}; };
  switch (step_) {
    case Step::kName:
      return get("/_resolve/index/" + PercentEncoded(index_state_.index));
    case Step::kAlias:
      return get("/_alias/" + PercentEncoded(index_state_.index));
    case Step::kTarget:
      return get("/_resolve/index/" + PercentEncoded(index_state_.write_index));
    case Step::kComposable:
      return ComposableQuestion();
    case Step::kLegacy:
      return LegacyQuestion();
    case Step::kNewIndex:
      return {.method = "POST",
              .path = "/_index_template/_simulate_index/" + PercentEncoded(index_state_.index) +
                      "?filter_path=" + schema::MappingPaths("template.mappings") +
                      LayerTypes("template.mappings") + SettingsPaths("template.settings") +
                      ",template.aliases"};
    case Step::kWriteIndex:
      return get("/" + PercentEncoded(index_state_.write_index) +
                 "?filter_path=" + schema::MappingPaths("*.mappings") + LayerTypes("*.mappings") +
                 SettingsPaths("*.settings"));
    default:
      return get("/_ingest/pipeline/" + PercentEncoded(pipelines_.back()) +
                 "?filter_path=*.version");
  }
}

std::string_view IndexInquiry::topic() const {
  switch (step_) {
    case Step::kName:
    case Step::kAlias:
    case Step::kTarget:
      return "what is called";
    case Step::kComposable:
      return "the index templates for";
    case Step::kLegacy:
      return "the legacy templates for";
    case Step::kNewIndex:
      return "the template of";
    case Step::kWriteIndex:
      return "the fields of";
    default:
      return "the ingest pipeline";
  }
}

std::string IndexInquiry::Question() const {
  const std::string start = "look for " + std::string(topic()) + " ";
  if (step_ == Step::kPipeline) return start + pipelines_.back();
  return start + (step_ == Step::kWriteIndex ? index_state_.write_index : index_state_.index);
}

Result<void> IndexInquiry::HandleResponse(const http::HttpResponse& response) {
  if (step_ == Step::kPipeline) {
    if (response.status == 404) index_state_.missing_pipelines.push_back(pipelines_.back());
    Advance();
    return {};
  }
  json answer = json::object();
  if (response.status == 200) {
    if (auto checked = base::CheckJson(response.body, kBounds); !checked) {
      return Fail("the answer is {}", checked.error().message);
    }
    answer = json::parse(response.body, nullptr, false);
    if (!answer.is_object()) return Fail("the answer is no JSON object");
  }
  switch (step_) {
    case Step::kName:
      ReadName(answer);
      break;
    case Step::kAlias:
      ReadAlias(answer);
      break;
    case Step::kTarget:
      ReadTarget(answer);
      break;
    case Step::kComposable:
      ReadComposableTemplates(answer);
      break;
    case Step::kLegacy:
      for (const ListedTemplate& listed : ReadLegacy(answer)) {
        if (Matches(listed, index_state_.index)) index_state_.legacy.push_back(listed.name);
      }
      break;
    case Step::kNewIndex:
      ReadNewIndex(answer);
      break;
    default:
      if (response.status == 200) ReadWriteIndex(answer);
  }
  Advance();
  return {};
}

void IndexInquiry::Skip() { Advance(); }

void IndexInquiry::Advance() {
  using Kind = IndexState::Kind;
  const bool is_plain =
      index_state_.kind == Kind::kNone || (index_state_.kind == Kind::kIndex && options_.is_first);
  const bool has_index = !index_state_.write_index.empty();
  switch (step_) {
    case Step::kName:
      if (index_state_.kind == Kind::kAlias) {
        step_ = Step::kAlias;
      } else {
        step_ = is_plain ? Step::kComposable : Step::kWriteIndex;
      }
      break;
    case Step::kAlias:
      step_ = Step::kTarget;
      break;
    case Step::kTarget:
      step_ = Step::kWriteIndex;
      break;
    case Step::kComposable:
      // Where a composable template is, servers look for no other.
      step_ = index_state_.Winner() != nullptr ? Step::kNewIndex : Step::kLegacy;
      break;
    case Step::kLegacy:
      step_ = Step::kNewIndex;
      break;
    case Step::kNewIndex:
      step_ = Step::kWriteIndex;
      break;
    case Step::kWriteIndex:
      step_ = Step::kPipeline;
      break;
    default:
      pipelines_.pop_back();
  }
  if ((step_ == Step::kTarget || step_ == Step::kWriteIndex) && !has_index) step_ = Step::kPipeline;
  if (step_ == Step::kPipeline && pipelines_.empty()) step_ = Step::kDone;
}

void IndexInquiry::ReadName(const json& answer) {
  using Kind = IndexState::Kind;
  if (const json& data_stream = First(Member(answer, "data_streams")); !data_stream.is_null()) {
    index_state_.kind = Kind::kDataStream;
    index_state_.wants_timestamp = true;
    index_state_.write_index = WriteIndexOf(data_stream);
  } else if (!First(Member(answer, "aliases")).is_null()) {
    index_state_.kind = Kind::kAlias;
  } else if (const json& index = First(Member(answer, "indices")); !index.is_null()) {
    index_state_.kind = Kind::kIndex;
    index_state_.write_index = Text(Member(index, "name"));
  }
}

// By index: {"lab-000002": {"aliases": {"lab": {"is_write_index": true}}}}. A single one is written
// to unless it says that it isn't.
void IndexInquiry::ReadAlias(const json& answer) {
  for (const auto& [index, value] : answer.items()) {
    const json& alias = Member(Member(value, "aliases"), index_state_.index);
    const json& writes = Member(alias, "is_write_index");
    if (writes == true || (answer.size() == 1 && writes != false)) index_state_.write_index = index;
  }
  index_state_.has_write_index = answer.empty() || !index_state_.write_index.empty();
}

void IndexInquiry::ReadTarget(const json& answer) {
  const json& data_stream = First(Member(answer, "data_streams"));
  const json& index = First(Member(answer, "indices"));
  index_state_.wants_timestamp = !data_stream.is_null() || !Member(index, "data_stream").is_null();
  if (!data_stream.is_null()) index_state_.write_index = WriteIndexOf(data_stream);
}

void IndexInquiry::ReadComposableTemplates(const json& answer) {
  index_state_.composable = ReadComposable(answer);
  const ListedTemplate* const winner = index_state_.Winner();
  const bool is_new = index_state_.kind == IndexState::Kind::kNone;
  index_state_.wants_timestamp = is_new && winner != nullptr && winner->makes_data_stream;
}

// Only a server without a template answers without one.
void IndexInquiry::ReadNewIndex(const json& answer) {
  index_state_.has_template = answer.contains("template");
  const json& content = Member(answer, "template");
  const json& mappings = Member(content, "mappings");
  index_state_.template_fault = schema::MappingFault(mappings);
  index_state_.has_flat_object = HasFlatObject(mappings);
  if (index_state_.kind == IndexState::Kind::kNone) AddPipelines(Member(content, "settings"));
}

void IndexInquiry::ReadWriteIndex(const json& answer) {
  const json& content = FirstValue(answer);
  const json& mappings = Member(content, "mappings");
  index_state_.write_fault = schema::MappingFault(mappings);
  index_state_.lacks_provenance = !schema::HasProvenance(mappings);
  index_state_.has_flat_object = HasFlatObject(mappings);
  AddPipelines(Member(content, "settings"));
}

// A request's pipeline goes in place of the index's default.
void IndexInquiry::AddPipelines(const json& settings) {
  for (const char* setting : kPipelineSettings) {
    std::string name = Text(Member(Member(settings, "index"), setting));
    const bool is_replaced = !options_.pipeline.empty() && setting == kPipelineSettings.front();
    if (!name.empty() && name != kNoPipeline && !is_replaced) pipelines_.push_back(std::move(name));
  }
}

}  // namespace espcap::elasticsearch
