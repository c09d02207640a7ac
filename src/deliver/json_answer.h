// SPDX-License-Identifier: GPL-2.0-or-later
//
// Reading a server's JSON without trusting it: what is missing or of another type is empty.
#ifndef ESPCAP_DELIVER_JSON_ANSWER_H_
#define ESPCAP_DELIVER_JSON_ANSWER_H_

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

namespace espcap::deliver {

// REQUIRES: `object` is a JSON object.
inline std::string TextOf(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// "document_parsing_exception: failed to parse (caused by)", from Elasticsearch's error object.
inline std::string DescribeError(const nlohmann::json& error) {
  const std::string type = TextOf(error, "type");
  std::string text = fmt::format("{}: {}", type.empty() ? "error" : type, TextOf(error, "reason"));
  const auto cause = error.find("caused_by");
  if (cause != error.end() && cause->is_object()) {
    text += fmt::format(" ({})", TextOf(*cause, "reason"));
  }
  return text;
}

}  // namespace espcap::deliver

#endif  // ESPCAP_DELIVER_JSON_ANSWER_H_
