// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/fields_command.h"

#include <fnmatch.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/field_source.h"
#include "app/standard_output.h"
#include "base/nearest_name.h"

namespace espcap::app {
namespace {

using schema::Field;

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

// In columns, as far as names are usual.
std::string Table(const std::vector<Field>& fields) {
  constexpr size_t kWidest = 48;
  size_t name_width = 0;
  size_t path_width = 0;
  for (const Field& field : fields) {
    name_width = std::max(name_width, std::min(field.name.size(), kWidest));
    path_width = std::max(path_width, std::min(PathOf(field).size(), 2 * kWidest));
  }
  std::string text;
  for (const Field& field : fields) {
    text += fmt::format("{:{}}  {:10}  {:{}}  {}\n", field.name, name_width,
                        ServerTypeName(field.type), PathOf(field), path_width, field.description);
  }
  return text;
}

std::string Json(const std::vector<Field>& fields) {
  std::string text;
  const char* before = "[\n";
  for (const Field& field : fields) {
    const nlohmann::ordered_json line = {{"name", field.name},
                                         {"key", field.key},
                                         {"path", PathOf(field)},
                                         {"type", ServerTypeName(field.type)},
                                         {"description", field.description}};
    text += before + line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    before = ",\n";
  }
  return text + "\n]\n";
}

tl::unexpected<Error> FailUnknown(const std::string& pattern, const std::vector<Field>& fields) {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const Field& field : fields) names.push_back(field.name);
  return Fail("fields {}: no field has that in its name or description{}", pattern,
              base::DidYouMean(pattern, names));
}

}  // namespace

bool MatchesPattern(const Field& field, std::string_view pattern) {
  const std::string wanted = LowerCase(pattern);
  if (wanted.find('*') != std::string::npos) {
    return ::fnmatch(wanted.c_str(), LowerCase(field.name).c_str(), 0) == 0;
  }
  const auto has = [&wanted](std::string_view text) {
    return LowerCase(text).find(wanted) != std::string::npos;
  };
  return has(field.name) || has(field.key) || has(field.description);
}

Result<void> RunFieldsCommand(const char* program_path, const cli::FieldsSettings& settings) {
  const auto kind = settings.curated ? FieldChoice::Kind::kCurated : FieldChoice::Kind::kEvery;
  auto fields = FetchFields(program_path, {kind, {}, {}});
  if (!fields) return Forward(std::move(fields));
  std::vector<Field> found;
  for (const Field& field : *fields) {
    if (MatchesPattern(field, settings.pattern)) found.push_back(field);
  }
  if (found.empty()) return FailUnknown(settings.pattern, *fields);
  if (settings.json) return PrintText(Json(found));
  if (!settings.names) return PrintText(Table(found));
  std::string names;
  for (const Field& field : found) names += field.name + '\n';
  return PrintText(names);
}

}  // namespace espcap::app
