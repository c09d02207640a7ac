// SPDX-License-Identifier: GPL-2.0-or-later
//
// The paths of fields in a query as users write it in a search box (Lucene's syntax, as a server's
// query_string reads it): "path:value", and "_exists_:path". Pure functions; nested groups have a
// bound. What isn't understood is left to the server, which says what is wrong with it.
#ifndef ESPCAP_ELASTICSEARCH_QUERY_PATHS_H_
#define ESPCAP_ELASTICSEARCH_QUERY_PATHS_H_

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "espcap/result.h"

namespace espcap::elasticsearch {

inline constexpr size_t kMaxWrittenOutBytes = size_t{256} << 10U;

// Each once, without escapes, in the order of the query. Those with wildcards aren't among them:
// the server finds their fields. None of a query that isn't understood.
std::vector<std::string> PathsOf(std::string_view query);

// By a path: those that are searched in its place.
using FieldPlaces = std::map<std::string, std::vector<std::string>, std::less<>>;

// "a:x" becomes "(b:x OR c:x)" where the places of a are b and c, and "b:x" where b is the only
// one. A path without places is kept as it is. An error: the query would be too long.
Result<std::string> WithPlaces(std::string_view query, const FieldPlaces& places);

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_QUERY_PATHS_H_
