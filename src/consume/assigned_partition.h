// SPDX-License-Identifier: GPL-2.0-or-later
//
// A partition for as long as it is this member's: how far it is taken, settled and committed.
#ifndef ESPCAP_CONSUME_ASSIGNED_PARTITION_H_
#define ESPCAP_CONSUME_ASSIGNED_PARTITION_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "kafka/offset_progress.h"

namespace espcap::consume {

struct AssignedPartition {
  static constexpr size_t kMostOpen = 10'000;  // messages that aren't settled, or wait for one

  int32_t partition = 0;
  uint64_t assignment = 0;     // no two have the same, also of one partition
  std::optional<int64_t> end;  // no message from this offset on is taken
  kafka::OffsetProgress progress;
  std::optional<int64_t> first;     // that the brokers still had, of those that are taken
  std::optional<int64_t> expected;  // the next one, where none is deleted
  bool has_begun = false;           // it has a session
  bool is_ending = false;           // no further message is taken
  bool is_over = false;             // and all that were are settled, or never will be

  // Whether the message is to be dissected.
  [[nodiscard]] bool Take(int64_t offset) {
    if (end && offset >= *end) return false;
    progress.Take(offset);
    return true;
  }
  // The brokers have come to this offset. How many before it they have deleted unread.
  uint64_t Reach(int64_t offset) {
    const uint64_t deleted =
        expected && offset > *expected ? static_cast<uint64_t>(offset - *expected) : 0;
    if (!first) first = offset;
    return deleted;
  }
  // The group had come to this offset before.
  uint64_t Begin(int64_t committed) {
    if (first) return *first > committed ? static_cast<uint64_t>(*first - committed) : 0;
    expected = committed;
    return 0;
  }
  [[nodiscard]] bool IsLast(int64_t offset) const { return end && offset + 1 >= *end; }
  [[nodiscard]] bool is_committed() const { return !progress.Committable(); }
  [[nodiscard]] bool has_session() const { return has_begun && !is_over; }
  [[nodiscard]] bool HasRoom() const { return !is_ending && progress.open() < kMostOpen; }
};

}  // namespace espcap::consume

#endif  // ESPCAP_CONSUME_ASSIGNED_PARTITION_H_
