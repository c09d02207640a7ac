// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/worker_pool.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "process/stop_signals.h"

namespace espcap::supervise {

using process::WorkerMessage;
using process::WorkerReport;

Result<void> WorkerPool::Begin(Part& part) {
  auto channel = zygote_->Fork(part.job);
  if (!channel) return Forward(std::move(channel));
  Worker& worker = workers_.emplace_back();
  worker.channel = std::move(*channel);
  worker.part = &part;
  worker.readable.emplace(loop_, worker.channel.fd());
  return {};
}

void WorkerPool::Remove(const Worker& worker) {
  workers_.remove_if([&worker](const Worker& other) { return &other == &worker; });
}

std::optional<WorkerEvent> WorkerPool::Receive(Worker& worker) {
  const auto message = worker.channel.Receive<WorkerMessage>();
  if (!message) {
    worker.readable.reset();
    worker.channel.Close();
    return WorkerEnded{worker};
  }
  switch (message->kind) {
    case WorkerMessage::Kind::kWantsSlot:
      worker.wants_slot = true;
      return std::nullopt;
    case WorkerMessage::Kind::kSlotReady:
      return SlotReady{worker};
    case WorkerMessage::Kind::kFingerprint:
      return FingerprintKnown{worker, message->fingerprint};
    case WorkerMessage::Kind::kLogMessage:
      return WorkerLogged{message->log_message};
    case WorkerMessage::Kind::kWantsFile:
      return FileWanted{worker};
    case WorkerMessage::Kind::kOpened:
      worker.opened = true;
      return InterfaceOpened{worker, std::string(message->log_message.Text())};
    case WorkerMessage::Kind::kDone:
      worker.outcome = message->outcome;
  }
  return std::nullopt;
}

std::vector<WorkerEvent> WorkerPool::Take() {
  std::vector<WorkerEvent> events;
  const auto add = [&events](std::optional<WorkerEvent> event) {
    if (event) events.push_back(std::move(*event));
  };
  if (zygote_readable_.Take()) add(TakeReport());
  for (Worker& worker : workers_) {
    if (worker.readable && worker.readable->Take()) add(Receive(worker));
  }
  return events;
}

std::optional<WorkerEvent> WorkerPool::TakeReport() {
  const auto report = zygote_->Receive();
  if (!report) return ZygoteEnded{};
  if (report->kind == WorkerReport::Kind::kEnded) {
    return WorkerReaped{report->process, report->wait_status};
  }
  // Workers start in the order they were asked for.
  const auto started = std::find_if(workers_.begin(), workers_.end(),
                                    [](const Worker& worker) { return worker.process == 0; });
  if (started != workers_.end()) started->process = report->process;
  return std::nullopt;
}

size_t WorkerPool::dissecting() const {
  return static_cast<size_t>(
      std::count_if(workers_.begin(), workers_.end(),
                    [](const Worker& worker) { return worker.part->job.Dissects(); }));
}

uint32_t WorkerPool::FreeIndex() const {
  uint32_t index = 0;
  const auto is_taken = [&](const Worker& worker) {
    return worker.part->job.Dissects() && worker.part->job.worker_index == index;
  };
  while (std::any_of(workers_.begin(), workers_.end(), is_taken)) ++index;
  return index;
}

void WorkerPool::Interrupt(bool kill) const {
  for (const Worker& worker : workers_) {
    if (worker.process > 0) {
      ::kill(worker.process, kill ? SIGKILL : process::ReadInterruptingSignal());
    }
  }
}

}  // namespace espcap::supervise
