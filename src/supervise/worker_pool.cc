// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/worker_pool.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "process/stop_signals.h"

namespace espcap::supervise {

using process::WorkerMessage;
using process::WorkerReport;

Result<std::unique_ptr<WorkerPool>> WorkerPool::Start(
    base::EventLoop& loop, const process::Zygote::Roles& roles,
    const std::function<void(const process::LogMessage&)>& log) {
  auto zygote = process::Zygote::Start(roles, log);
  if (!zygote) return Forward(std::move(zygote));
  return std::unique_ptr<WorkerPool>(new WorkerPool(loop, std::move(*zygote)));
}

WorkerPool::WorkerPool(base::EventLoop& loop, std::unique_ptr<process::Zygote> zygote)
    : loop_(loop),
      zygote_(std::move(zygote)),
      zygote_watch_(loop_.Add(zygote_->fd(), base::EventLoop::kReadable,
                              [this](uint32_t) { zygote_is_ready_ = true; })) {}

Result<void> WorkerPool::Begin(Part& part) {
  auto channel = zygote_->Fork(part.job);
  if (!channel) return Forward(std::move(channel));
  Worker& worker = workers_.emplace_back();
  worker.channel = std::move(*channel);
  worker.part = &part;
  worker.watch = loop_.Add(worker.channel.fd(), base::EventLoop::kReadable,
                           [&worker](uint32_t) { worker.is_ready = true; });
  return {};
}

void WorkerPool::Remove(const Worker& worker) {
  workers_.remove_if([&worker](const Worker& other) { return &other == &worker; });
}

std::optional<WorkerEvent> WorkerPool::Receive(Worker& worker) {
  const auto message = worker.channel.Receive<WorkerMessage>();
  if (!message) {
    worker.watch = {};
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
  if (std::exchange(zygote_is_ready_, false)) add(TakeReport());
  for (Worker& worker : workers_) {
    if (std::exchange(worker.is_ready, false)) add(Receive(worker));
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
