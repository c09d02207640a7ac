// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/worker_batches.h"

#include <fmt/format.h>

#include <cerrno>
#include <optional>
#include <utility>

namespace espcap::supervise {

void WorkerBatches::GrantSlots() {
  for (Worker& worker : workers_.workers()) {
    if (!worker.wants_slot || !worker.channel.open()) continue;
    worker.slot = intake_.Grant(worker.part->job.worker_index);
    if (!worker.slot) continue;
    worker.wants_slot = false;
    if (!worker.channel.TrySend(process::GrantedSlot{*worker.slot}) && errno == EAGAIN) {
      Outlaw(*worker.part, "it doesn't read what it is sent");
    }
  }
}

void WorkerBatches::HandOver(Worker& worker) {
  intake_.Add(*worker.part, *std::exchange(worker.slot, std::nullopt));
  worker.wants_slot = true;
}

void WorkerBatches::Take(bool is_over) {
  for (const BatchIntake::Violation& violation : intake_.TakeWaiting(is_over)) {
    Outlaw(*violation.part, violation.what);
  }
}

void WorkerBatches::Outlaw(const Part& part, const std::string& what) {
  log_.Error(fmt::format("{}: protocol error: {}; the worker is ended", *part.capture->name, what));
  intake_.Discard(part);
  for (Worker& worker : workers_.workers()) {
    if (worker.part != &part) continue;
    worker.is_outlawed = true;
    worker.slot.reset();
    worker.outcome.reset();
    workers_.Kill(worker);
  }
}

void WorkerBatches::EndWorkers() {
  auto& workers = workers_.workers();
  for (auto next = workers.begin(); next != workers.end();) {
    Worker& worker = *next++;
    if (worker.channel.open() || !worker.is_reaped) continue;
    Part& part = *worker.part;
    if (worker.slot) HandOver(worker);
    if (intake_.Waits(part)) continue;
    if (part.job.Dissects()) intake_.FreeAll(part.job.worker_index);
    const auto outcome = worker.is_outlawed ? std::nullopt : worker.outcome;
    workers_.Remove(worker);
    succession_.WorkerEnded(part, outcome);
  }
}

std::vector<process::SlotProgress> WorkerBatches::NotTaken() const {
  std::vector<process::SlotProgress> not_taken = intake_.WaitingProgress();
  for (const Worker& worker : std::as_const(workers_).workers()) {
    if (!worker.slot) continue;
    not_taken.push_back(intake_.Progress(worker.part->job.worker_index, *worker.slot));
  }
  std::erase_if(not_taken, [](const auto& progress) { return !CountsAgree(progress); });
  return not_taken;
}

}  // namespace espcap::supervise
