// SPDX-License-Identifier: GPL-2.0-or-later
//
// Searches that count packets, without any document in their answers: figure_answer.h reads those.
// Pure functions. `query` is QueryOf()'s; what narrows it is written as in a search box.
#ifndef ESPCAP_ELASTICSEARCH_FIGURE_QUERY_H_
#define ESPCAP_ELASTICSEARCH_FIGURE_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace espcap::elasticsearch {

// The query, without what came while its figures were asked for.
std::string WithinTime(const std::string& query, int64_t first_ms, int64_t last_ms);

// How many packets, of how many bytes, from when to when.
std::string TotalsBody(const std::string& query);

// The values of a field that most packets have, or most bytes are in.
struct TermsRequest {
  std::string field = {};
  std::string filter = {};  // only of packets that this finds; empty: of all
  bool by_bytes = false;
  size_t size = 20;
};
std::string TermsBody(const std::string& query, const TermsRequest& request);

// From which address to which.
std::string PairsBody(const std::string& query, const std::string& from, const std::string& to);

// Of each of these queries.
std::string CountsBody(const std::string& query, const std::vector<std::string>& queries);

// The same over time.
std::string HistogramBody(const std::string& query, const std::vector<std::string>& queries,
                          uint64_t bucket_ms);

// The documents of these runs, the newest first.
std::string RunsBody(const std::vector<std::string>& runs, size_t size);

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_FIGURE_QUERY_H_
