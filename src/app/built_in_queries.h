// SPDX-License-Identifier: GPL-2.0-or-later
//
// The searches of config/queries, so that they are there wherever the program is.
#ifndef ESPCAP_APP_BUILT_IN_QUERIES_H_
#define ESPCAP_APP_BUILT_IN_QUERIES_H_

#include <span>
#include <string_view>

namespace espcap::app {

struct BuiltInQuery {
  std::string_view name;
  std::string_view body;
};

// By their names.
std::span<const BuiltInQuery> BuiltInQueries();

}  // namespace espcap::app

#endif  // ESPCAP_APP_BUILT_IN_QUERIES_H_
