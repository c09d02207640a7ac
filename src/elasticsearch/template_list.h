// SPDX-License-Identifier: GPL-2.0-or-later
//
// The templates that a server has, as lists, and which of them a new index gets. Pure functions.
#ifndef ESPCAP_ELASTICSEARCH_TEMPLATE_LIST_H_
#define ESPCAP_ELASTICSEARCH_TEMPLATE_LIST_H_

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "espcap/result.h"
#include "http/http_client.h"

namespace espcap::elasticsearch {

struct ListedTemplate {
  std::string name;
  std::vector<std::string> patterns;  // of indices, with *
  int64_t priority = 0;               // of a composable one
  bool makes_data_stream = false;
  bool is_espcaps = false;  // espcap made it
  int64_t revision = 0;     // then: schema::kTemplateRevision of that release
};

http::HttpRequest ComposableQuestion();
http::HttpRequest LegacyQuestion();
// Of their answers. What has no name or no patterns is left out.
std::vector<ListedTemplate> ReadComposable(const nlohmann::json& answer);
std::vector<ListedTemplate> ReadLegacy(const nlohmann::json& answer);

// `*` is any text, as servers have it.
bool MatchesPattern(std::string_view pattern, std::string_view name);
bool Matches(const ListedTemplate& listed, std::string_view index);

// The composable template that a new index of this name gets; null: none.
const ListedTemplate* WinnerFor(const std::vector<ListedTemplate>& composable,
                                std::string_view index);

// Whether it was made for indices like this one alone: the patterns that match `index` match
// nothing that `pattern` doesn't.
bool IsMadeFor(const ListedTemplate& listed, std::string_view index, std::string_view pattern);

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_TEMPLATE_LIST_H_
