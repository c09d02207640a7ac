// SPDX-License-Identifier: GPL-2.0-or-later
//
// From a worker's slot into the supervisor's own memory: a slot that was handed over waits here
// until there is room for its documents, then it is copied, checked and counted, and is free again.
// One thread.
#ifndef ESPCAP_SUPERVISE_BATCH_INTAKE_H_
#define ESPCAP_SUPERVISE_BATCH_INTAKE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "espcap/fingerprint.h"
#include "espcap/result.h"
#include "process/packet_ring.h"
#include "process/worker_slots.h"
#include "supervise/accounting.h"
#include "supervise/batch_check.h"
#include "supervise/capture_queue.h"
#include "supervise/kept_batches.h"

namespace espcap::supervise {

using WorkersSlots = std::vector<std::unique_ptr<process::WorkerSlots>>;  // by worker index
using Rings = std::vector<std::unique_ptr<process::PacketRing>>;

class BatchIntake {
 public:
  struct Options {
    size_t kept_bytes = 0;   // of batches, at most; one that is larger comes alone
    bool ordered = false;    // a capture's documents come after those of the one before
    Fingerprint live_run{};  // makes the ids of what is captured live
    // By which packets' documents name their file (kSections).
    std::function<std::string(const std::string& path, bool is_from_directory)> origin_path = {};
    std::string sensor = {};  // that has captured them (kSections)
  };
  // A worker has broken the rules that keep the others' documents theirs.
  struct Violation {
    Part* part = nullptr;
    std::string what;
  };

  // All is borrowed.
  BatchIntake(Options options, BatchCheck check, WorkersSlots& slots, Rings& rings,
              CaptureQueue& captures, KeptBatches& kept, Accounting& accounting);

  // A slot for a worker of this index, emptied; none while both hold something.
  std::optional<uint32_t> Grant(uint32_t worker_index);
  // The worker has handed it over, or died with it.
  void Add(Part& part, uint32_t slot);
  // As many as there is room for; all of them once the run ends without a destination.
  std::vector<Violation> AcceptWaiting(bool is_over);
  [[nodiscard]] bool Waits(const Part& part) const;
  // What is said of those that wait.
  [[nodiscard]] std::vector<process::SlotProgress> WaitingProgress() const;
  // What waits of this part isn't wanted. Its slots are free once its process is gone.
  void Discard(const Part& part);
  // The worker's process is gone, and nothing of it waits.
  void FreeAll(uint32_t worker_index) { in_use_[worker_index] = {}; }

  [[nodiscard]] size_t slots() const { return in_use_.size() * process::WorkerSlots::kSlots; }
  [[nodiscard]] size_t free_slots() const;
  // The number that rises as the job's worker works.
  [[nodiscard]] uint64_t WorkOf(const process::Job& job) const {
    const auto& work = job.Dissects() ? slots_[job.worker_index]->work() : rings_[job.ring]->work();
    return work.load(std::memory_order_relaxed);
  }
  // What a worker fills at present.
  [[nodiscard]] process::SlotProgress Progress(uint32_t worker_index, uint32_t slot) const {
    return slots_[worker_index]->Progress(slot);
  }

 private:
  struct Waiting {
    Part* part = nullptr;
    uint32_t slot = 0;
  };
  // What a slot has for the destination, once it is copied.
  struct Taken {
    std::optional<CheckedText> text;  // none: nothing, or it is given up
    MessageRange messages;            // of a topic's partition
  };

  // Those of a stream that a slot accounts for.
  using Records = std::optional<process::PacketRing::Records>;

  [[nodiscard]] bool HasNoIds(const Part& part) const;
  [[nodiscard]] bool HasRoom(const Capture& capture, size_t text_bytes) const;
  // What has no ids is given up.
  void Abandon(Part& part, uint64_t packets);
  // What the slot holds, as it may be delivered; none: it is given up. What it says is accounted
  // for.
  Result<Taken> TakeDocuments(Part& part, uint32_t slot, const SlotContents& contents,
                              const Records& records);
  Result<Taken> TakeSections(Part& part, uint32_t slot, const SlotContents& contents,
                             const Records& records);
  // Whether it is done with: taken, or a violation.
  Result<bool> Accept(const Waiting& waiting, bool is_over);
  [[nodiscard]] Result<std::vector<DocumentKey>> KeysOf(const Part& part,
                                                        const SlotContents& contents,
                                                        const Records& records) const;
  void Account(Part& part, const SlotContents& contents);

  Options options_;
  BatchCheck check_;
  WorkersSlots& slots_;
  Rings& rings_;
  CaptureQueue& captures_;
  KeptBatches& kept_;
  Accounting& accounting_;
  std::deque<Waiting> waiting_;
  std::vector<std::array<bool, process::WorkerSlots::kSlots>> in_use_;  // by worker index
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_BATCH_INTAKE_H_
