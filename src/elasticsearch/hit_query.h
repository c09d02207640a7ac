// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is searched for where hits lead back to packets. Pure functions.
#ifndef ESPCAP_ELASTICSEARCH_HIT_QUERY_H_
#define ESPCAP_ELASTICSEARCH_HIT_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "espcap/result.h"

namespace espcap::elasticsearch {

struct HitRequest {
  std::string query;  // as users write it in a search box; or JSON, where `is_json`
  bool is_json = false;
  std::string since;  // a date, or "now-1h"; empty: any
  std::string until;
};

// The query as JSON: a search's body has it as "query". An error: it is JSON, and no query.
Result<std::string> QueryOf(const HitRequest& request);

// By what pages follow each other.
enum class HitOrder : uint8_t {
  kFileAndFrame,  // sorted anew for each page
  kIndex,         // as they are stored in a point in time: Elasticsearch alone can go on from one
};

// Bodies by that query: of documents that name a file or a message.
std::string PageBody(const std::string& query, HitOrder order, size_t page,
                     const std::string& pit_id, const std::string& search_after);
// Of those that name neither.
std::string NamelessBody(const std::string& query);

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_HIT_QUERY_H_
