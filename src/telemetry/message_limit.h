// SPDX-License-Identifier: GPL-2.0-or-later
//
// How many messages of one kind are shown, so that a million refused documents don't make a million
// lines, and a second flood an hour later is still seen. Pure.
#ifndef ESPCAP_TELEMETRY_MESSAGE_LIMIT_H_
#define ESPCAP_TELEMETRY_MESSAGE_LIMIT_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace espcap::telemetry {

// Some at once, then one a second.
class MessageLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr int kAtOnce = 10;

  explicit MessageLimit(int at_once = kAtOnce) : at_once_(at_once) {}

  // Whether a message of now is shown; if not, it is counted as left out.
  bool Admit(Time now) {
    next_ = std::max(next_, now - (at_once_ - 1) * kInterval);
    const bool is_shown = next_ <= now;
    if (is_shown) {
      next_ += kInterval;
    } else {
      ++left_out_;
    }
    return is_shown;
  }

  // Since the last call.
  uint64_t DrainLeftOut() { return std::exchange(left_out_, 0); }

 private:
  static constexpr std::chrono::seconds kInterval{1};

  int at_once_;
  Time next_{};  // when one may be shown; up to at_once_ of them lie in the past
  uint64_t left_out_ = 0;
};

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_MESSAGE_LIMIT_H_
