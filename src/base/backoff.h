// SPDX-License-Identifier: GPL-2.0-or-later
//
// How long to wait before something is tried again: exponential, with full jitter, so that many
// that failed together don't come back together.
#ifndef ESPCAP_BASE_BACKOFF_H_
#define ESPCAP_BASE_BACKOFF_H_

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace espcap::base {

struct Backoff {
  std::chrono::milliseconds first;  // the longest wait after the first failure
  std::chrono::milliseconds cap;    // and after any

  // Between nothing and first × 2^(failures − 1), where `unit` says: in [0, 1].
  // REQUIRES: failures > 0.
  [[nodiscard]] std::chrono::milliseconds Wait(uint32_t failures, double unit) const {
    constexpr uint32_t kMaxDoublings = 20;
    const int64_t longest =
        std::min<int64_t>(cap.count(), first.count() << std::min(failures - 1, kMaxDoublings));
    return std::chrono::milliseconds(static_cast<int64_t>(static_cast<double>(longest) * unit));
  }
};

}  // namespace espcap::base

#endif  // ESPCAP_BASE_BACKOFF_H_
