// SPDX-License-Identifier: GPL-2.0-or-later
//
// Elasticsearch's error objects, in words.
#ifndef ESPCAP_ELASTICSEARCH_JSON_ANSWER_H_
#define ESPCAP_ELASTICSEARCH_JSON_ANSWER_H_

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "base/json_member.h"

namespace espcap::elasticsearch {

// "document_parsing_exception: failed to parse (caused by)".
inline std::string DescribeError(const nlohmann::json& error) {
  const std::string type = base::TextMember(error, "type");
  const std::string reason = base::TextMember(error, "reason");
  std::string text = fmt::format("{}: {}", type.empty() ? "error" : type, reason);
  const auto cause = error.find("caused_by");
  if (cause != error.end() && cause->is_object()) {
    text += fmt::format(" ({})", base::TextMember(*cause, "reason"));
  }
  return text;
}

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_JSON_ANSWER_H_
