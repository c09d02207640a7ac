// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/concurrency_limit.h"

#include <algorithm>

namespace espcap::elasticsearch {
namespace {

constexpr uint32_t kRequestsPerWindow = 4;  // for each that may be in flight
constexpr double kWorthwhile = 1.05;
constexpr uint32_t kMaxWindowsToWait = 64;

}  // namespace

void ConcurrencyLimit::OnSuccess(size_t bytes, std::chrono::duration<double> took,
                                 uint32_t in_flight) {
  // Who has less to send than may be sent learns nothing about more.
  if (in_flight < limit_) return;
  ++requests_;
  bytes_ += static_cast<double>(bytes);
  seconds_ += took.count();
  if (requests_ >= kRequestsPerWindow * limit_) Evaluate();
}

void ConcurrencyLimit::OnOverload() {
  limit_ = std::max(least_, limit_ / 2);
  requests_ = 0;
  bytes_ = seconds_ = rate_before_ = 0;
  next_wait_windows_ = std::min(next_wait_windows_ * 2, kMaxWindowsToWait);
  windows_to_wait_ = next_wait_windows_;
}

// Requests that overlap share their time: n at once, each of s seconds, bring n requests in s
// (Little's law).
void ConcurrencyLimit::Evaluate() {
  const double rate = seconds_ > 0 ? bytes_ / seconds_ * limit_ : 0;
  requests_ = 0;
  bytes_ = seconds_ = 0;
  if (rate_before_ > 0 && rate < rate_before_ * kWorthwhile) {
    limit_ = std::max(least_, limit_ - 1);
    rate_before_ = 0;
    windows_to_wait_ = next_wait_windows_;
    next_wait_windows_ = std::min(next_wait_windows_ * 2, kMaxWindowsToWait);
    return;
  }
  if (rate_before_ > 0) next_wait_windows_ = 1;
  rate_before_ = 0;
  if (windows_to_wait_ > 0) {
    --windows_to_wait_;
    return;
  }
  if (limit_ < most_) {
    rate_before_ = rate;
    ++limit_;
  }
}

}  // namespace espcap::elasticsearch
