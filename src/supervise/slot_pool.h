// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which batch slots are free, and whose documents the others hold. A slot is granted to a worker
// for a capture, and released once its documents are settled (or it has none). One thread.
#ifndef ESPCAP_SUPERVISE_SLOT_POOL_H_
#define ESPCAP_SUPERVISE_SLOT_POOL_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "process/batch_slots.h"
#include "supervise/capture_queue.h"

namespace espcap::supervise {

class SlotPool {
 public:
  // Borrows the slots, all of them free.
  explicit SlotPool(process::BatchSlots& slots);

  [[nodiscard]] size_t count() const { return captures_.size(); }
  [[nodiscard]] size_t free() const { return free_.size(); }

  // Empties a slot for documents of `capture`. REQUIRES: free() > 0.
  uint32_t Grant(Capture& capture);
  // A granted slot's.
  [[nodiscard]] Capture& CaptureOf(uint32_t slot) const { return *captures_[slot]; }
  [[nodiscard]] process::SlotProgress Progress(uint32_t slot) const {
    return slots_.Progress(slot);
  }
  [[nodiscard]] Batch View(uint32_t slot) const { return slots_.View(slot, CaptureOf(slot).name); }
  void Release(uint32_t slot);

 private:
  process::BatchSlots& slots_;
  std::vector<uint32_t> free_;
  std::vector<Capture*> captures_;  // by slot
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_SLOT_POOL_H_
