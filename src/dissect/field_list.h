// SPDX-License-Identifier: GPL-2.0-or-later
//
// The names a user lists for --fields and --protocols, before anyone knows whether they exist.
#ifndef ESPCAP_DISSECT_FIELD_LIST_H_
#define ESPCAP_DISSECT_FIELD_LIST_H_

#include <string>
#include <string_view>
#include <vector>

#include "espcap/result.h"

namespace espcap::dissect {

// "ip.src", or all names that begin with "tcp.", from "tcp.*".
struct NamePattern {
  std::string text;
  bool is_prefix = false;

  [[nodiscard]] bool Matches(std::string_view name) const {
    return is_prefix ? name.starts_with(text) : name == text;
  }
  // As the user wrote it.
  [[nodiscard]] std::string Shown() const { return is_prefix ? text + "*" : text; }
};

// `values` are the option's: names with commas between them, or @FILE, whose names stand between
// commas and line ends, with comments from # to the end of the line. `option` is for the errors.
Result<std::vector<NamePattern>> ParseFieldList(std::string_view option,
                                                const std::vector<std::string>& values);

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_FIELD_LIST_H_
