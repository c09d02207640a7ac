// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether a capture sees nothing of what its link receives, for instance since something takes the
// packets before it. Pure: it is told counters and the time.
#ifndef ESPCAP_LIVE_BLINDNESS_H_
#define ESPCAP_LIVE_BLINDNESS_H_

#include <chrono>
#include <cstdint>
#include <optional>

namespace espcap::live {

class Blindness {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // A link that receives a little that is no packet for a capture isn't one.
  static constexpr std::chrono::seconds kLongest{10};
  static constexpr uint32_t kMinPackets = 10;

  // `received`: the link's counter, which wraps; `seen`: packets that the capture has had.
  void Update(uint32_t received, uint64_t seen, Time now) {
    if (!since_ || seen != seen_) {
      since_ = now;
      seen_ = seen;
      received_ = received;
    }
    is_blind_ = now - *since_ >= kLongest && received - received_ >= kMinPackets;
  }
  [[nodiscard]] bool is_blind() const { return is_blind_; }

 private:
  std::optional<Time> since_;  // the capture has seen nothing
  uint64_t seen_ = 0;
  uint32_t received_ = 0;  // then
  bool is_blind_ = false;
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_BLINDNESS_H_
