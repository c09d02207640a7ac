// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/template_store.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/bounded_json.h"
#include "elasticsearch/elasticsearch.h"

namespace espcap::elasticsearch {
namespace {

using nlohmann::json;

struct Kind {
  const char* path;      // of one of them, before its name
  const char* list;      // in the answer
  const char* envelope;  // of the body in the list
};
constexpr Kind kComponent = {"/_component_template/", "component_templates", "component_template"};
constexpr Kind kIndex = {"/_index_template/", "index_templates", "index_template"};

constexpr size_t kShownDifferences = 20;

// espcap's own template has up to two megabytes; what others install can be larger. Only a command
// reads it whole, and it waits.
constexpr base::JsonBounds kTemplateBounds{
    .bytes = size_t{8} << 20U, .depth = 256, .time = base::JsonBounds::kAnyTime};

// Its body, as the server has it; null where it has none.
Result<json> Get(const Server& server, const Kind& kind, const std::string& name) {
  auto answer = server.client.Perform(server.node, {.path = kind.path + http::PercentEncoded(name),
                                                    .max_response_bytes = kTemplateBounds.bytes});
  if (!answer) return Forward(std::move(answer));
  if (answer->status == 404) return json();
  if (answer->status != 200) {
    return Fail("read the template {}: {} ({})", name, answer->status, ReasonOf(*answer));
  }
  if (auto checked = base::CheckJson(answer->body, kTemplateBounds); !checked) {
    return Fail("read the template {}: the answer is {}", name, checked.error().message);
  }
  const json body = json::parse(answer->body, nullptr, false);
  const json::json_pointer place(fmt::format("/{}/0/{}", kind.list, kind.envelope));
  if (body.is_discarded() || !body.contains(place) || !body.at(place).is_object()) {
    return Fail("read the template {}: the answer isn't understood", name);
  }
  return body.at(place);
}

// Servers give settings back as texts, and single ones without their list.
std::string Plain(const json& value) {
  if (value.is_array() && value.size() == 1) return Plain(value.front());
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void Compare(const json& wanted, const json& found, const std::string& path,
             std::vector<std::string>& differences) {
  if (!wanted.is_object() || !found.is_object()) {
    if (Plain(wanted) == Plain(found)) return;
    differences.push_back(fmt::format("{}: {} in place of {}", path, Plain(found), Plain(wanted)));
    return;
  }
  for (const auto& [key, value] : wanted.items()) {
    const std::string place = fmt::format("{}.{}", path, key);
    if (found.contains(key)) {
      Compare(value, found[key], place, differences);
    } else if (!value.empty()) {
      differences.push_back(fmt::format("{}: not there", place));
    }
  }
  for (const auto& [key, value] : found.items()) {
    if (!wanted.contains(key) && !value.empty()) {
      differences.push_back(fmt::format("{}.{}: not espcap's", path, key));
    }
  }
}

Result<void> CompareOne(const Server& server, const Kind& kind, const schema::TemplatePart& wanted,
                        std::vector<std::string>& differences) {
  const auto found = Get(server, kind, wanted.name);
  if (!found) return tl::unexpected(found.error());
  if (found->is_null()) {
    differences.push_back(wanted.name + ": not there");
    return {};
  }
  json ours = json::parse(wanted.body);
  json theirs = *found;
  // Which release made it doesn't matter, what it says does.
  for (json* body : {&ours, &theirs}) body->erase("_meta");
  // Servers write their defaults into it.
  if (ours.contains("data_stream") && theirs.contains("data_stream")) {
    theirs["data_stream"] = ours["data_stream"];
  }
  Compare(ours, theirs, wanted.name, differences);
  return {};
}

}  // namespace

std::vector<TemplatePut> TemplatePuts(const schema::IndexTemplate& wanted) {
  std::vector<TemplatePut> puts;
  const auto add = [&puts](const Kind& kind, const std::string& name, const std::string& body) {
    puts.push_back(
        {name, {"PUT", kind.path + http::PercentEncoded(name), body, "application/json"}});
  };
  for (const schema::TemplatePart& part : wanted.components) add(kComponent, part.name, part.body);
  add(kIndex, wanted.name, wanted.body);
  return puts;
}

Result<void> PutTemplate(const Server& server, const schema::IndexTemplate& wanted) {
  for (const TemplatePut& put : TemplatePuts(wanted)) {
    auto answer = server.client.Perform(server.node, put.request);
    if (!answer) return Forward(std::move(answer));
    if (answer->status != 200) {
      return Fail("install the template {}: {} ({})", put.name, answer->status, ReasonOf(*answer));
    }
  }
  return {};
}

Result<std::vector<std::string>> CompareTemplate(const Server& server,
                                                 const schema::IndexTemplate& wanted) {
  std::vector<std::string> differences;
  for (const schema::TemplatePart& part : wanted.components) {
    if (auto compared = CompareOne(server, kComponent, part, differences); !compared) {
      return Forward(std::move(compared));
    }
  }
  const schema::TemplatePart whole{wanted.name, wanted.body};
  if (auto compared = CompareOne(server, kIndex, whole, differences); !compared) {
    return Forward(std::move(compared));
  }
  if (const size_t count = differences.size(); count > kShownDifferences) {
    differences.resize(kShownDifferences);
    differences.push_back(fmt::format("… and {} more", count - kShownDifferences));
  }
  return differences;
}

}  // namespace espcap::elasticsearch
