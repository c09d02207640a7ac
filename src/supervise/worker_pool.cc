// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/worker_pool.h"

#include <algorithm>
#include <csignal>
#include <sstream>
#include <string>
#include <utility>

#include "process/stop_signals.h"

namespace espcap::supervise {

using process::WorkerMessage;
using process::WorkerReport;

namespace {

bool MayWantFile(const process::Job& job, uint32_t frame) {
  if (job.role == process::Job::Role::kCapture || (job.is_unpacked && frame == 0)) return true;
  return job.Dissects() && job.keeps_faults &&
         (job.faults.Find(frame) != nullptr ||
          job.faults.Find(process::FrameFault::kFirst) != nullptr);
}

}  // namespace

WorkerPool::WorkerPool(base::EventLoop& loop, std::unique_ptr<process::Zygote> zygote,
                       std::unique_ptr<process::Zygote> opener)
    : loop_(loop) {
  ListenTo(zygote_, std::move(zygote));
  if (opener != nullptr) ListenTo(opener_, std::move(opener));
}

void WorkerPool::ListenTo(Parent& parent, std::unique_ptr<process::Zygote> process) {
  parent.process = std::move(process);
  parent.readable.emplace(loop_, parent.process->fd());
  const int errors = parent.process->errors_fd();
  if (errors >= 0) parent.errors_readable.emplace(loop_, errors);
}

Result<void> WorkerPool::Begin(Part& part) {
  const bool captures = part.job.role == process::Job::Role::kCapture;
  process::Zygote& parent = captures ? *opener_.process : *zygote_.process;
  auto channel = parent.Fork(part.job);
  if (!channel) return Forward(std::move(channel));
  Worker& worker = workers_.emplace_back();
  worker.parent = &parent;
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
    if (!worker.outcome) Kill(worker);  // it may only have hung up
    return std::nullopt;
  }
  if (worker.BrokeProtocol()) return std::nullopt;
  switch (message->kind) {
    case WorkerMessage::Kind::kWantsSlot:
      if (worker.wants_slot || worker.slot || !worker.part->job.Dissects()) {
        return ProtocolBroken{worker, "it wants a slot that it can't have"};
      }
      worker.wants_slot = true;
      return std::nullopt;
    case WorkerMessage::Kind::kSlotReady:
      if (!worker.slot) return ProtocolBroken{worker, "it hands over a slot that it hasn't"};
      return SlotReady{worker};
    case WorkerMessage::Kind::kLogMessage:
      return WorkerLogged{message->log_message, &worker};
    case WorkerMessage::Kind::kWantsFile:
      if (!MayWantFile(worker.part->job, message->frame_number)) {
        return ProtocolBroken{worker, "it wants a file"};
      }
      return FileWanted{worker, message->frame_number};
    case WorkerMessage::Kind::kLost:
      if (worker.wants_message || worker.part->job.role != process::Job::Role::kDissectMessages) {
        return ProtocolBroken{worker, "it tells of a message that it hasn't"};
      }
      return LossSeen{worker, std::string(message->log_message.Text()), message->count};
    case WorkerMessage::Kind::kWantsMessage:
      if (worker.wants_message || worker.part->job.role != process::Job::Role::kDissectMessages) {
        return ProtocolBroken{worker, "it wants a message that it can't have"};
      }
      worker.wants_message = true;
      return MessageWanted{worker, message->frames, message->records,
                           std::string(message->log_message.Text())};
    case WorkerMessage::Kind::kMember:
      if (worker.member || worker.part->job.role != process::Job::Role::kUnpack) {
        return ProtocolBroken{worker, "it wants to unpack what it can't have"};
      }
      worker.member = Worker::Member{std::string(message->log_message.Text()), {}};
      return std::nullopt;
    case WorkerMessage::Kind::kUnpacked:
      if (!worker.member || !worker.member->file.valid()) {
        return ProtocolBroken{worker, "it has unpacked what it hasn't"};
      }
      return MemberUnpacked{worker, message->outcome};
    case WorkerMessage::Kind::kOpened:
      worker.opened = true;
      return InterfaceOpened{worker, std::string(message->log_message.Text())};
    case WorkerMessage::Kind::kAwaits:
      worker.opened = true;
      return std::nullopt;
    case WorkerMessage::Kind::kLinkType:
      return LinkTypeSeen{worker, std::string(message->log_message.Text())};
    case WorkerMessage::Kind::kDone:
      if (message->outcome > process::Outcome::kUnreadable) break;
      if (worker.outcome) return ProtocolBroken{worker, "it has ended twice"};
      worker.outcome = message->outcome;
      if (worker.part->job.role != process::Job::Role::kDissectMessages) return std::nullopt;
      return SessionEnded{worker, message->count};
  }
  return ProtocolBroken{worker, "a message that means nothing"};
}

std::vector<WorkerEvent> WorkerPool::CollectEvents() {
  std::vector<WorkerEvent> events;
  const auto add = [&events](std::optional<WorkerEvent> event) {
    if (event) events.push_back(std::move(*event));
  };
  CollectFrom(zygote_, events);
  CollectFrom(opener_, events);
  for (Worker& worker : workers_) {
    if (worker.readable && worker.readable->ConsumeReadable()) add(Receive(worker));
  }
  return events;
}

void WorkerPool::CollectFrom(Parent& parent, std::vector<WorkerEvent>& events) {
  if (parent.readable && parent.readable->ConsumeReadable()) {
    if (auto event = ReceiveReport(parent)) events.push_back(std::move(*event));
  }
  if (parent.errors_readable) CollectErrors(parent, events);
  if (!parent.readable) parent.errors_readable.reset();
}

// Of libraries, the C library's last words among them.
void WorkerPool::CollectErrors(Parent& parent, std::vector<WorkerEvent>& events) {
  static_cast<void>(parent.errors_readable->ConsumeReadable());
  const std::string text = parent.process->ReadErrors();
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    events.emplace_back(WorkerLogged{process::LogMessage::Of(process::LogMessage::Level::kWarning,
                                                             "a worker's library: " + line)});
  }
}

// Workers end with their parent.
std::optional<WorkerEvent> WorkerPool::ReceiveReport(Parent& parent) {
  const auto report = parent.process->Receive();
  if (!report) {
    parent.readable.reset();
    for (Worker& worker : workers_) worker.is_reaped |= worker.parent == parent.process.get();
    if (&parent == &opener_) return OpenerEnded{};
    return ZygoteEnded{};
  }
  // Workers start in the order they were asked for. One that couldn't has no process.
  const bool is_new = report->kind == WorkerReport::Kind::kStarted || report->process < 0;
  const pid_t process = is_new ? 0 : report->process;
  const auto worker = std::find_if(workers_.begin(), workers_.end(), [&](const Worker& one) {
    return one.parent == parent.process.get() && one.process == process && !one.is_reaped;
  });
  if (worker != workers_.end()) {
    if (is_new) worker->process = report->process;
    worker->is_reaped = report->kind == WorkerReport::Kind::kEnded;
    worker->wait_status = report->wait_status;
    worker->start_error = report->error;
  }
  if (report->kind == WorkerReport::Kind::kStarted) return std::nullopt;
  return WorkerReaped{report->process, report->wait_status};
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

void WorkerPool::Kill(const Worker& worker) {
  if (worker.process > 0 && !worker.is_reaped) worker.parent->Signal(worker.process, SIGKILL);
}

void WorkerPool::Interrupt(bool kill) const {
  for (const Worker& worker : workers_) {
    if (worker.process > 0 && !worker.is_reaped) {
      worker.parent->Signal(worker.process, kill ? SIGKILL : process::ReadInterruptingSignal());
    }
  }
}

}  // namespace espcap::supervise
