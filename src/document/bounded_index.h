// SPDX-License-Identifier: GPL-2.0-or-later
//
// The index of a packet, where damaged times must not make any number of them: that many names at
// most, whatever the packets' times are, and one for all others. Names of today don't count: a run
// may last for years.
#ifndef ESPCAP_DOCUMENT_BOUNDED_INDEX_H_
#define ESPCAP_DOCUMENT_BOUNDED_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <set>
#include <string>
#include <utility>

#include "document/index_name.h"

namespace espcap::document {

class BoundedIndex {
 public:
  // `rest`: the name for packets of other times.
  BoundedIndex(IndexName index, size_t most, std::string rest)
      : index_(std::move(index)), most_(most), rest_(std::move(rest)) {}

  // The reference holds until the next call. `now`: within a day of it, a time is always one.
  const std::string& For(std::time_t seconds, std::time_t now) {
    const std::string& name = index_.For(seconds);
    if (name == last_) return is_rest_ ? CountRest() : name;
    last_ = name;
    constexpr std::time_t kDay = std::time_t{24} * 60 * 60;
    const bool is_of_today = seconds >= now - kDay && seconds <= now + kDay;
    is_rest_ = !is_of_today && !names_.contains(name) && names_.size() >= most_;
    if (is_rest_) return CountRest();
    if (!is_of_today) names_.insert(name);
    return name;
  }

  [[nodiscard]] size_t most() const { return most_; }
  [[nodiscard]] const std::string& rest() const { return rest_; }
  // Documents that went there.
  [[nodiscard]] uint64_t rest_documents() const { return rest_documents_; }

 private:
  const std::string& CountRest() {
    ++rest_documents_;
    return rest_;
  }

  IndexName index_;
  size_t most_;
  std::string rest_;
  std::set<std::string> names_;
  std::string last_;  // that the last time made
  bool is_rest_ = false;
  uint64_t rest_documents_ = 0;
};

}  // namespace espcap::document

#endif  // ESPCAP_DOCUMENT_BOUNDED_INDEX_H_
