// SPDX-License-Identifier: GPL-2.0-or-later
//
// Slots for workers, and what comes back in them: granted, handed over, taken; workers that break
// the rules are ended, and what is left of one that has ended is taken too. One thread.
#ifndef ESPCAP_SUPERVISE_WORKER_BATCHES_H_
#define ESPCAP_SUPERVISE_WORKER_BATCHES_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "process/worker_slots.h"
#include "supervise/batch_intake.h"
#include "supervise/part_succession.h"
#include "supervise/worker_pool.h"
#include "telemetry/log.h"

namespace espcap::supervise {

class WorkerBatches {
 public:
  // Of a capture process, a number that rises as it goes on; none: it isn't known.
  using CaptureWork = std::function<std::optional<uint64_t>(const process::Job&)>;

  // All but the function is borrowed.
  WorkerBatches(WorkerPool& workers, BatchIntake& intake, PartSuccession& succession,
                CaptureWork capture_work, telemetry::Log& log)
      : workers_(workers),
        intake_(intake),
        succession_(succession),
        capture_work_(std::move(capture_work)),
        log_(log) {}

  void GrantSlots();
  // The worker says so. REQUIRES: it has a slot.
  void HandOver(Worker& worker);
  // As many as there is room for; all of them once the run ends without a destination.
  void Accept(bool is_over);
  // A worker has ended once it is no process any more, all that it said is heard, and what it has
  // handed over is taken: then its memory is another one's.
  void EndWorkers(std::chrono::steady_clock::time_point now, bool is_over);
  // Its worker has broken the protocol. What it has handed over since is not believed either;
  // another worker makes it again.
  void EndForProtocolError(const Part& part, const std::string& what);

  // Ends workers whose work hasn't gone on for so long.
  void EndOverdue(std::chrono::steady_clock::time_point now, std::chrono::milliseconds limit);

  // What workers say that they have made, and nobody has taken.
  [[nodiscard]] std::vector<process::SlotProgress> NotTaken() const;

 private:
  WorkerPool& workers_;
  BatchIntake& intake_;
  PartSuccession& succession_;
  CaptureWork capture_work_;
  telemetry::Log& log_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_WORKER_BATCHES_H_
