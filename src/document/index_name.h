// SPDX-License-Identifier: GPL-2.0-or-later
//
// The index a packet goes to, by the packet's own time in UTC.
#ifndef ESPCAP_DOCUMENT_INDEX_NAME_H_
#define ESPCAP_DOCUMENT_INDEX_NAME_H_

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

#include "espcap/result.h"

namespace espcap::document {

class IndexName {
 public:
  // `pattern` is strftime(3)'s: "packets-%Y-%m-%d". An error where what it makes can be no index
  // name (Elasticsearch's rules for index names: create index API).
  static Result<IndexName> Parse(const std::string& pattern);

  // The name for a packet of this second; the reference holds until the next call.
  const std::string& For(std::time_t seconds);

 private:
  explicit IndexName(std::string pattern) : pattern_(std::move(pattern)) {}

  std::string pattern_;
  std::optional<std::time_t> seconds_;
  std::string name_;
};

// Why `name` can't be an index name; empty where it can.
std::string IndexNameFault(const std::string& name);

}  // namespace espcap::document

#endif  // ESPCAP_DOCUMENT_INDEX_NAME_H_
