// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/template_list.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace espcap::elasticsearch {
namespace {

using nlohmann::json;

// Empty where it isn't there, or of another kind.
template <class Wanted>
Wanted Member(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (found == object.end()) return {};
  const Wanted* const value = found->get_ptr<const Wanted*>();
  return value == nullptr ? Wanted{} : *value;
}

std::vector<std::string> Texts(const json::array_t& values) {
  std::vector<std::string> texts;
  for (const json& value : values) {
    if (value.is_string()) texts.push_back(value.get<std::string>());
  }
  return texts;
}

// Small, and never negative.
int64_t Number(const json& body, const char* key) {
  const auto found = body.is_object() ? body.find(key) : body.end();
  return found != body.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

void AddIfWhole(std::vector<ListedTemplate>& listed, ListedTemplate one) {
  if (!one.name.empty() && !one.patterns.empty()) listed.push_back(std::move(one));
}

}  // namespace

http::HttpRequest ComposableQuestion() {
  return {.path =
              "/_index_template?filter_path=index_templates.name,"
              "index_templates.index_template.index_patterns,"
              "index_templates.index_template.priority,"
              "index_templates.index_template.data_stream,"
              "index_templates.index_template._meta.espcap,"
              "index_templates.index_template._meta.template_revision"};
}

http::HttpRequest LegacyQuestion() { return {.path = "/_template?filter_path=*.index_patterns"}; }

std::vector<ListedTemplate> ReadComposable(const json& answer) {
  std::vector<ListedTemplate> listed;
  for (const json& entry : Member<json::array_t>(answer, "index_templates")) {
    const json body = Member<json::object_t>(entry, "index_template");
    const json meta = Member<json::object_t>(body, "_meta");
    AddIfWhole(listed, {Member<std::string>(entry, "name"),
                        Texts(Member<json::array_t>(body, "index_patterns")),
                        Number(body, "priority"), body.contains("data_stream"),
                        meta.contains("espcap"), Number(meta, "template_revision")});
  }
  return listed;
}

std::vector<ListedTemplate> ReadLegacy(const json& answer) {
  std::vector<ListedTemplate> listed;
  if (!answer.is_object()) return listed;
  for (const auto& [name, body] : answer.items()) {
    AddIfWhole(listed, {name, Texts(Member<json::array_t>(body, "index_patterns"))});
  }
  return listed;
}

// Backs up to the last star only: enough where a star is any text.
bool MatchesPattern(std::string_view pattern, std::string_view name) {
  size_t at = 0;
  size_t in_name = 0;
  size_t star = std::string_view::npos;
  size_t after_star = 0;
  while (in_name < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      after_star = in_name;
    } else if (at < pattern.size() && pattern[at] == name[in_name]) {
      ++at;
      ++in_name;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in_name = ++after_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

bool Matches(const ListedTemplate& listed, std::string_view index) {
  return std::any_of(
      listed.patterns.begin(), listed.patterns.end(),
      [index](const std::string& pattern) { return MatchesPattern(pattern, index); });
}

const ListedTemplate* WinnerFor(const std::vector<ListedTemplate>& composable,
                                std::string_view index) {
  const ListedTemplate* winner = nullptr;
  for (const ListedTemplate& listed : composable) {
    if (!Matches(listed, index)) continue;
    if (winner == nullptr || listed.priority > winner->priority) winner = &listed;
  }
  return winner;
}

// A star in a name matches a star only: so a pattern as a name says what it is part of.
bool IsMadeFor(const ListedTemplate& listed, std::string_view index, std::string_view pattern) {
  return std::all_of(listed.patterns.begin(), listed.patterns.end(),
                     [index, pattern](const std::string& own) {
                       return !MatchesPattern(own, index) || MatchesPattern(pattern, own);
                     });
}

}  // namespace espcap::elasticsearch
