// SPDX-License-Identifier: GPL-2.0-or-later
//
// A server's answer to a search for documents that say where they come from. Nothing but that is
// kept of it.
#ifndef ESPCAP_ELASTICSEARCH_HIT_PAGE_H_
#define ESPCAP_ELASTICSEARCH_HIT_PAGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "espcap/result.h"

namespace espcap::elasticsearch {

// A document that was found, and what it says of its packet: any numbers may be there.
struct Hit {
  struct Message {
    std::string topic;  // empty: it names no message
    int64_t partition = -1;
    int64_t offset = -1;
    int64_t index = 0;  // of the packet in the message, from 1
  };

  std::string id;
  std::string file;
  std::string run;
  uint64_t frame = 0;  // 0: it doesn't say
  int64_t offset = -1;
  std::optional<uint64_t> digest;
  Message message;
  bool has_timestamp = false;  // an @timestamp, as a data stream wants it
};

struct HitPage {
  std::vector<Hit> hits;
  std::string sort;       // of the last hit, as JSON
  std::string scroll_id;  // by which the next page is asked for; empty: none
  std::string pit_id;
};

// What an answer may hold: an id, a path and some numbers for each hit.
inline constexpr size_t kMaxHitPageBytes = size_t{64} << 20U;

Result<HitPage> ReadHitPage(std::string_view body);

// Of the answer that opens one: Elasticsearch calls it "id", OpenSearch "pit_id". Empty: none.
std::string PointInTimeOf(std::string_view body);

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_HIT_PAGE_H_
