// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/slot_pool.h"

#include <numeric>

namespace espcap::supervise {

SlotPool::SlotPool(process::BatchSlots& slots)
    : slots_(slots), free_(slots.shape().count), captures_(slots.shape().count) {
  std::iota(free_.begin(), free_.end(), 0U);
}

uint32_t SlotPool::Grant(Capture& capture) {
  const uint32_t slot = free_.back();
  free_.pop_back();
  captures_[slot] = &capture;
  slots_.Begin(slot);
  return slot;
}

void SlotPool::Release(uint32_t slot) {
  slots_.Trim(slot);
  free_.push_back(slot);
}

}  // namespace espcap::supervise
