// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a server answers to a search, as rows for people: a row for each bucket of the innermost
// aggregation, with the keys on the way there; without aggregations, one for each document found.
// Pure functions.
#ifndef ESPCAP_ELASTICSEARCH_SEARCH_TABLE_H_
#define ESPCAP_ELASTICSEARCH_SEARCH_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "espcap/result.h"

namespace espcap::elasticsearch {

struct SearchTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

// What an answer may hold: a tree is built of it, which takes some times as much.
inline constexpr size_t kMaxSearchAnswerBytes = size_t{16} << 20U;

// `request` is the body that was sent: it has the order of aggregations and fields.
Result<SearchTable> TableOf(const std::string& request, const std::string& answer);

// Columns next to each other, under their names.
std::string FormatTable(const SearchTable& table);

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_SEARCH_TABLE_H_
