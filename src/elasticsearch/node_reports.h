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

namespace espcap::elasticsearch {

class NodeReports {
 public:
  using Warn = std::function<void(const std::string&)>;

  NodeReports(size_t nodes, Warn warn) : problems_(nodes), warn_(std::move(warn)) {}

  // Until Begin() nothing is said: it may be that no node can be reached, which is one error.
  void Problem(size_t node, const std::string& reason, const std::string& consequence);
  // The node `name` accepts documents.
  void Recovered(size_t node, const std::string& name);
  // `with_known`: what is known so far is said too.
  void Begin(bool with_known);

  // All that is wrong at present, in one line.
  [[nodiscard]] std::string Summary() const;

 private:
  std::vector<std::string> problems_;  // of each node; empty: none
  Warn warn_;
  bool is_quiet_ = true;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_NODE_REPORTS_H_
