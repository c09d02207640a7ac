// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is wrong with each node, said once until the node accepts documents again. One thread.
#ifndef ESPCAP_ELASTICSEARCH_NODE_REPORTS_H_
#define ESPCAP_ELASTICSEARCH_NODE_REPORTS_H_

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "elasticsearch/node_pool.h"
#include "espcap/result.h"

namespace espcap::elasticsearch {

class NodeReports {
 public:
  using Warn = std::function<void(const std::string&)>;

  NodeReports(size_t nodes, Warn warn) : problems_(nodes), warn_(std::move(warn)) {}

  // Until Begin() nothing is said: it may be that no node can be reached, which is one error.
  void Problem(size_t node, const std::string& reason, const std::string& consequence);
  // The node `name` accepts documents.
  void Recovered(size_t node, const std::string& name);
  // Once a node can be reached, or none can: says so, and what is known so far. An error where
  // nothing would come of it: no node may get ready (`may_pass`), and documents have no other place
  // `meanwhile`.
  Result<void> Begin(const NodePool& pool, bool may_pass, const std::string& meanwhile);

 private:
  // All that is wrong at present, in one line.
  [[nodiscard]] std::string Summary() const;

  std::vector<std::string> problems_;  // of each node; empty: none
  Warn warn_;
  bool is_quiet_ = true;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_NODE_REPORTS_H_
