// SPDX-License-Identifier: GPL-2.0-or-later
//
// How long an event loop was at work between two waits, when it couldn't see what else had come.
#ifndef ESPCAP_LOOP_STATS_H_
#define ESPCAP_LOOP_STATS_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace espcap {

struct LoopStats {
  static constexpr std::array<double, 9> kBoundsSeconds = {0.001, 0.005, 0.01, 0.025, 0.05,
                                                           0.1,   0.25,  0.5,  1};

  std::array<uint64_t, kBoundsSeconds.size() + 1> stalls{};  // by bound, the last: above them all
  double sum_seconds = 0;
  double max_seconds = 0;  // of the last two minutes
};

}  // namespace espcap

#endif  // ESPCAP_LOOP_STATS_H_
