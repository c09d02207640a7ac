// SPDX-License-Identifier: GPL-2.0-or-later
//
// The memory that a process may take for itself beyond what it began with (--worker-memory). Close
// to the limit its work is another process's; beyond it, the kernel gives it no more.
#ifndef ESPCAP_PROCESS_MEMORY_BUDGET_H_
#define ESPCAP_PROCESS_MEMORY_BUDGET_H_

#include <cstdint>

#include "process/resident_size.h"

namespace espcap::process {

// Whether `now` is close to `limit` beyond `at_start`. Pure. `limit` 0: none.
bool IsNearLimit(const MemoryUse& at_start, const MemoryUse& now, uint64_t limit);

class MemoryBudget {
 public:
  // Begins at once. The limit can't be undone.
  explicit MemoryBudget(uint64_t limit);

  // Less from now on, by its own looks alone. 0: as before.
  void Tighten(uint64_t limit) {
    if (limit != 0 && (limit_ == 0 || limit < limit_)) limit_ = limit;
  }

  [[nodiscard]] bool IsNear() const { return IsNearLimit(at_start_, size_.Read(), limit_); }
  // Between two frames. Looks now and then.
  [[nodiscard]] bool NearLimit() {
    constexpr uint32_t kFramesBetweenLooks = 64;
    if (limit_ == 0 || ++frames_ % kFramesBetweenLooks != 0) return false;
    return IsNear();
  }

 private:
  ResidentSize size_;
  MemoryUse at_start_;
  uint64_t limit_;
  uint32_t frames_ = 0;
};

// Where the machine has no memory left, this process ends before others do.
void OfferToEndFirst();

// Half of the memory that there is for this process, by the machine and its control group, for each
// of that many.
uint64_t ShareOfMemory(uint32_t processes);

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_MEMORY_BUDGET_H_
