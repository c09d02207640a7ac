// SPDX-License-Identifier: GPL-2.0-or-later
//
// Notices brokers that keep their connections and acknowledge nothing. Pure.
#ifndef ESPCAP_KAFKA_SILENCE_WATCH_H_
#define ESPCAP_KAFKA_SILENCE_WATCH_H_

#include <chrono>
#include <utility>

namespace espcap::kafka {

class SilenceWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds kLimit{10};

  // `has_heard`: a message was acknowledged since the last call. `waits`: some are with brokers.
  // True once for each silence that has lasted too long.
  [[nodiscard]] bool Begins(bool has_heard, bool waits, Time now) {
    if (has_heard || !waits) {
      since_ = now;
      is_told_ = false;
    }
    return now >= since_ + kLimit && !std::exchange(is_told_, now >= since_ + kLimit);
  }

 private:
  Time since_{};
  bool is_told_ = false;
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_SILENCE_WATCH_H_
