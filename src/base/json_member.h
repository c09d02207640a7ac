// SPDX-License-Identifier: GPL-2.0-or-later
//
// Reading JSON without trusting it: what is missing or of another type is empty.
#ifndef ESPCAP_BASE_JSON_MEMBER_H_
#define ESPCAP_BASE_JSON_MEMBER_H_

#include <nlohmann/json.hpp>
#include <string>

namespace espcap::base {

// REQUIRES: `object` is a JSON object.
inline std::string TextMember(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace espcap::base

#endif  // ESPCAP_BASE_JSON_MEMBER_H_
