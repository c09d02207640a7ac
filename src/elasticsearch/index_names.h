// SPDX-License-Identifier: GPL-2.0-or-later
//
// Names of indices, each of which is asked about once: they come from packets' times, and their
// number is bounded whatever those are. One thread.
#ifndef ESPCAP_ELASTICSEARCH_INDEX_NAMES_H_
#define ESPCAP_ELASTICSEARCH_INDEX_NAMES_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "document/index_name.h"

namespace espcap::elasticsearch {

class IndexNames {
 public:
  static constexpr size_t kMax = 10'000;

  // False: it is one too many, which is said of the first only.
  bool Add(std::string_view name) {
    if (met_.contains(name)) return true;
    std::string one(name);
    // What no index can be called is the server's to refuse.
    if (!document::IndexNameFault(one).empty()) return true;
    if (met_.size() == kMax) return std::exchange(is_full_, true);
    met_.insert(one);
    to_ask_.push_back(std::move(one));
    return true;
  }

  std::optional<std::string> Next() {
    if (to_ask_.empty()) return std::nullopt;
    std::optional<std::string> name = std::move(to_ask_.front());
    to_ask_.pop_front();
    return name;
  }

 private:
  std::set<std::string, std::less<>> met_;
  std::deque<std::string> to_ask_;  // of those
  bool is_full_ = false;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_INDEX_NAMES_H_
