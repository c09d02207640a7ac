// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/worker_batches.h"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include "process/cpu_time.h"
#include "supervise/unpacked_files.h"

namespace espcap::supervise {

void WorkerBatches::GrantSlots() {
  for (Worker& worker : workers_.workers()) {
    if (!worker.wants_slot || !worker.channel.open()) continue;
    worker.slot = intake_.Grant(worker.part->job.worker_index);
    if (!worker.slot) continue;
    worker.wants_slot = false;
    if (!worker.channel.TrySend(process::GrantedSlot{*worker.slot}) && errno == EAGAIN) {
      EndForProtocolError(*worker.part, "it doesn't read what it is sent");
    }
  }
}

void WorkerBatches::HandOver(Worker& worker) {
  intake_.Add(*worker.part, *std::exchange(worker.slot, std::nullopt));
  worker.wants_slot = true;
}

void WorkerBatches::Accept(bool is_over) {
  for (const BatchIntake::Violation& violation : intake_.AcceptWaiting(is_over)) {
    EndForProtocolError(*violation.part, violation.what);
  }
}

void WorkerBatches::EndForProtocolError(const Part& part, const std::string& what) {
  log_.Error(fmt::format("{}: protocol error: {}; the worker is ended", *part.capture->name, what));
  intake_.Discard(part);
  for (Worker& worker : workers_.workers()) {
    if (worker.part != &part) continue;
    worker.own_kill = process::FrameFault::Kind::kProtocol;
    worker.slot.reset();
    worker.outcome.reset();
    WorkerPool::Kill(worker);
  }
}

void WorkerBatches::EndWorkers(std::chrono::steady_clock::time_point now, bool is_over) {
  auto& workers = workers_.workers();
  // What one has left in its slot, if only an empty one that came too late, is taken at once.
  for (Worker& worker : workers) {
    if (!worker.channel.open() && worker.is_reaped && worker.slot) HandOver(worker);
  }
  Accept(is_over);
  for (auto next = workers.begin(); next != workers.end();) {
    const Worker& worker = *next++;
    if (worker.channel.open() || !worker.is_reaped) continue;
    Part& part = *worker.part;
    if (intake_.Waits(part)) continue;
    if (part.job.Dissects()) intake_.FreeAll(part.job.worker_index);
    const PartSuccession::End end{worker.BrokeProtocol() ? std::nullopt : worker.outcome,
                                  FaultOf(worker.wait_status, worker.own_kill), worker.start_error};
    workers_.Remove(worker);
    succession_.WorkerEnded(part, end, now);
  }
}

void WorkerBatches::EndOverdue(std::chrono::steady_clock::time_point now,
                               std::chrono::milliseconds limit) {
  constexpr std::chrono::seconds kMinCaptureBytes{10};  // to open an interface takes its time
  using process::Job;
  for (Worker& worker : workers_.workers()) {
    const Job& job = worker.part->job;
    const bool captures = job.role == Job::Role::kCapture;
    const bool is_reader = job.role == Job::Role::kReadStream;
    const bool unpacks = job.role == Job::Role::kUnpack;
    const bool works = worker.process > 0 && !worker.is_reaped && !worker.own_kill;
    if (!works || !(job.Dissects() || is_reader || captures || unpacks)) continue;
    std::optional<uint64_t> work;
    if (captures) {
      work = capture_work_(job);
    } else {
      work = unpacks ? UnpackedFiles::BytesUnpackedBy(worker) : intake_.WorkOf(job);
    }
    if (!work) continue;
    const bool waits = worker.member && !UnpackedFiles::IsUnpacking(worker);
    OverdueWatch::Observation seen{*work, process::CpuTimeOf(worker.process),
                                   worker.wants_slot || worker.wants_message || waits, is_reader};
    if (captures) seen.least_by_the_clock = kMinCaptureBytes;
    if (!worker.overdue.IsOverdue(now, seen, limit)) continue;
    log_.Warning(
        fmt::format("{}: the work of its process has not gone on for --frame-timeout; it "
                    "is ended",
                    captures ? job.path.data() : *worker.part->capture->name));
    worker.own_kill = process::FrameFault::Kind::kOverdue;
    WorkerPool::Kill(worker);
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
