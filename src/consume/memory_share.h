// SPDX-License-Identifier: GPL-2.0-or-later
//
// How the sessions of a topic's partitions share the memory that there is. Pure.
#ifndef ESPCAP_CONSUME_MEMORY_SHARE_H_
#define ESPCAP_CONSUME_MEMORY_SHARE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace espcap::consume {

// With less, a session would be replaced all the time.
constexpr uint64_t kLeastSessionBytes = uint64_t{64} << 20U;

struct MemoryShare {
  size_t sessions = 0;         // that there can be at a time
  uint64_t session_bytes = 0;  // for each; 0: not bounded here
};

// Of `total_bytes` for the partitions that are assigned; 0: not bounded.
constexpr MemoryShare ShareMemory(uint64_t total_bytes, size_t partitions) {
  const size_t wanted = std::max<size_t>(partitions, 1);
  if (total_bytes == 0) return {wanted, 0};
  const auto most = static_cast<size_t>(std::max<uint64_t>(total_bytes / kLeastSessionBytes, 1));
  const size_t sessions = std::min(wanted, most);
  return {sessions, total_bytes / sessions};
}

}  // namespace espcap::consume

#endif  // ESPCAP_CONSUME_MEMORY_SHARE_H_
