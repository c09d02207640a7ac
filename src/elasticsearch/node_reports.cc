// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/node_reports.h"

#include <fmt/format.h>

namespace espcap::elasticsearch {

void NodeReports::Problem(size_t node, const std::string& reason, const std::string& consequence) {
  if (!std::exchange(problems_[node], reason).empty() || is_quiet_) return;
  warn_(fmt::format("{}; {}", reason, consequence));
}

void NodeReports::Recovered(size_t node, const std::string& name) {
  if (!std::exchange(problems_[node], {}).empty()) warn_(name + " accepts documents again");
}

Result<void> NodeReports::Begin(const NodePool& pool, bool may_pass, const std::string& meanwhile) {
  if (!is_quiet_ || !(pool.AnyHealthy() || pool.AllFailed())) return {};
  is_quiet_ = false;
  if (!pool.AnyHealthy()) {
    if (meanwhile.empty() && !may_pass) return Fail("connect: {}", Summary());
    warn_(fmt::format("connect: {}; {}", Summary(), meanwhile.empty() ? "asked again" : meanwhile));
    return {};
  }
  for (const std::string& problem : problems_) {
    if (!problem.empty()) warn_(problem);
  }
  return {};
}

std::string NodeReports::Summary() const {
  std::string reasons;
  for (const std::string& problem : problems_) {
    if (!problem.empty()) reasons += (reasons.empty() ? "" : "; ") + problem;
  }
  return reasons;
}

}  // namespace espcap::elasticsearch
