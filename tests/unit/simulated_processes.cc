// SPDX-License-Identifier: GPL-2.0-or-later
#include "simulated_processes.h"

#include <poll.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "simulated_sink.h"

namespace espcap::testing {

using process::FrameFault;
using process::Job;
using process::Outcome;
using process::WorkerMessage;
using process::WorkerReport;

namespace {

constexpr int kSegmentationFault = SIGSEGV;  // as a wait status
constexpr int kExitOfThree = 3 << 8;

bool HasMessage(const process::Channel& channel) {
  pollfd wait{channel.fd(), POLLIN, 0};
  return channel.open() && ::poll(&wait, 1, 0) == 1;
}

// What becomes of a packet: the same for every worker.
uint32_t LotOf(uint32_t frame) { return (frame * 2654435761U) >> 24U; }
bool IsFiltered(uint32_t frame) { return LotOf(frame) < 50; }

}  // namespace

void SimulatedProcesses::Hear(bool may_refuse) {
  while (HasMessage(control_)) {
    base::FileDescriptor socket;
    const auto request = control_.Receive<process::ZygoteRequest>(&socket);
    if (!request) break;
    if (request->kind == process::ZygoteRequest::Kind::kSignal) {
      Signal(request->process, request->signal);
    } else {
      Start(request->job, process::Channel(std::move(socket)), may_refuse);
    }
  }
  for (SimulatedWorker& worker : workers_) {
    while (!worker.is_killed && HasMessage(worker.channel)) {
      const auto granted = worker.channel.Receive<process::GrantedSlot>();
      if (!granted) break;
      Granted(worker, granted->slot);
    }
  }
}

void SimulatedProcesses::Start(const Job& job, process::Channel channel, bool may_refuse) {
  ++events_;
  if (may_refuse && Draw(40) == 0) {
    static_cast<void>(control_.Send(WorkerReport{WorkerReport::Kind::kEnded, -1, 0, EAGAIN}));
    return;
  }
  if (job.Dissects()) {
    for (const SimulatedWorker& other : workers_) {
      if (other.job.Dissects() && other.job.worker_index == job.worker_index) {
        throw Broken("two processes have the slots of worker " + std::to_string(job.worker_index));
      }
    }
  }
  SimulatedWorker& worker = workers_.emplace_back();
  worker.channel = std::move(channel);
  worker.process = ++last_process_;
  worker.job = job;
  worker.next_frame = job.settled_frame + 1;
  if (job.role == Job::Role::kDissectStream) {
    const auto next = rings_[job.ring]->Peek(1);
    worker.next_frame =
        next ? static_cast<uint32_t>(next->ids.front().number) : committed_[job.ring] + 1;
  }
  static_cast<void>(
      control_.Send(WorkerReport{WorkerReport::Kind::kStarted, worker.process, 0, 0}));
}

void SimulatedProcesses::Signal(pid_t process, int signal) {
  for (SimulatedWorker& worker : workers_) {
    if (worker.process == process && signal == SIGKILL && !worker.is_killed) Die(worker, SIGKILL);
  }
}

void SimulatedProcesses::Granted(SimulatedWorker& worker, uint32_t slot) {
  ++events_;
  const process::SlotProgress found = slots_[worker.job.worker_index]->Progress(slot);
  if (worker.slot) throw Broken("a worker is granted a second slot");
  if (found.captured != 0) throw Broken("a slot is granted with what another one made");
  worker.slot = slot;
  worker.progress = {};
  worker.quarantined = 0;
}

uint32_t SimulatedProcesses::slots_owned() const {
  return static_cast<uint32_t>(std::count_if(workers_.begin(), workers_.end(), [](const auto& one) {
    return one.slot && !one.is_killed;
  }));
}

bool SimulatedProcesses::has_dissector(uint32_t ring) const {
  return std::any_of(workers_.begin(), workers_.end(), [ring](const auto& one) {
    return one.job.role == Job::Role::kDissectStream && one.job.ring == ring;
  });
}

uint32_t SimulatedProcesses::LastFrame(const SimulatedWorker& worker) const {
  if (worker.job.role == Job::Role::kDissectStream) {
    const auto committed = committed_.find(worker.job.ring);
    return committed == committed_.end() ? 0 : committed->second;
  }
  return frames_.at(worker.job.path.data());
}

bool SimulatedProcesses::Step(bool may_harm) {
  // From a random one on, the first that can.
  const size_t first = workers_.empty() ? 0 : Draw(workers_.size());
  for (size_t tried = 0; tried < workers_.size(); ++tried) {
    const auto worker =
        std::next(workers_.begin(), static_cast<ptrdiff_t>((first + tried) % workers_.size()));
    if (worker->is_killed) {
      if (Draw(3) != 0 && may_harm) continue;  // its end is told later
      ReportEnded(worker);
      return true;
    }
    if (StepOne(*worker, may_harm)) return true;
  }
  return false;
}

bool SimulatedProcesses::StepOne(SimulatedWorker& worker, bool may_harm) {
  if (worker.hangs) return false;
  if (worker.said_done) {
    Die(worker, 0);
    return true;
  }
  return worker.job.Dissects() ? Dissect(worker, may_harm) : Read(worker, may_harm);
}

bool SimulatedProcesses::Read(SimulatedWorker& worker, bool may_harm) {
  const uint32_t ring = worker.job.ring;
  const uint32_t last = frames_.at(worker.job.path.data());
  uint32_t& committed = committed_[ring];
  if (may_harm && Draw(4000) == 0) {
    reader_died_ = true;
    read_to_the_end_.insert(ring);
    Die(worker, kSegmentationFault);
    return true;
  }
  if (run_.StopRequested() || committed >= last) {
    read_to_the_end_.insert(ring);
    Done(worker, committed >= last ? Outcome::kComplete : Outcome::kPartial);
    return true;
  }
  for (size_t more = 1 + Draw(5); more > 0 && committed < last; --more) {
    rings_[ring]->Claim(8, [] { return false; });
    rings_[ring]->Commit(8, {++committed, {}});
  }
  rings_[ring]->work().fetch_add(1);
  return true;
}

bool SimulatedProcesses::Dissect(SimulatedWorker& worker, bool may_harm) {
  if (!worker.asked) {
    worker.asked = true;
    Send(worker, WorkerMessage::Kind::kWantsSlot);
    return true;
  }
  const bool is_stream = worker.job.role == Job::Role::kDissectStream;
  const bool has_frames = worker.next_frame <= LastFrame(worker);
  const bool is_over = is_stream ? !has_frames && read_to_the_end_.contains(worker.job.ring)
                                 : !has_frames || run_.StopRequested();
  // Of a stream's often twice without progress between: then nobody reads its ring for a while.
  if (may_harm && Draw(is_stream ? 25 : 120) == 0) {
    Harm(worker);
    return true;
  }
  if (!worker.slot) {
    if (!is_over || worker.progress.captured != 0) return false;
    Done(worker, has_frames ? Outcome::kPartial : Outcome::kComplete);
    return true;
  }
  slots_[worker.job.worker_index]->work().fetch_add(1);
  const bool is_full = worker.progress.documents >= 8 || worker.progress.captured >= 20;
  if (is_over || is_full || (worker.progress.captured > 0 && Draw(8) == 0)) {
    worker.slot.reset();
    worker.progress = {};
    worker.is_first = false;
    Send(worker, WorkerMessage::Kind::kSlotReady);
    return true;
  }
  if (!has_frames) return false;  // of a stream
  if (may_harm && worker.progress.captured == 0 && Draw(60) == 0) {
    // Its slot is empty.
    worker.slot.reset();
    Send(worker, WorkerMessage::Kind::kSlotReady);
    Done(worker, Outcome::kSessionLimitReached);
    return true;
  }
  for (size_t more = 1 + Draw(3); more > 0 && worker.next_frame <= LastFrame(worker); --more) {
    Make(worker, worker.next_frame++);
  }
  slots_[worker.job.worker_index]->Publish(*worker.slot, worker.progress);
  return true;
}

void SimulatedProcesses::Make(SimulatedWorker& worker, uint32_t frame) {
  ++events_;
  const process::WorkerSlots& slots = *slots_[worker.job.worker_index];
  slots.SetDissecting(frame);
  const FrameFault* fault = worker.job.faults.Find(frame);
  if (std::exchange(worker.is_first, false) && fault == nullptr) {
    fault = worker.job.faults.Find(FrameFault::kFirst);
  }
  process::SlotProgress& progress = worker.progress;
  ++progress.captured;
  ++counts_.captured;
  if (fault != nullptr && fault->use == FrameFault::Use::kNothing) {
    ++progress.failed;
    ++counts_.failed;
  } else if (fault == nullptr && IsFiltered(frame)) {
    ++progress.filtered;
    ++counts_.filtered;
  } else {
    slots.Append(*worker.slot, progress, DocumentOf(frame), {0, frame, 5, 0, frame});
    ++counts_.documents;
    if (fault != nullptr) {
      ++worker.quarantined;
      ++counts_.quarantined;
    }
  }
  progress.last_frame = frame;
  slots.SetDissecting(0);
}

void SimulatedProcesses::Harm(SimulatedWorker& worker) {
  ++events_;
  const bool at_frame = worker.slot && worker.next_frame <= LastFrame(worker) && Draw(2) == 0;
  slots_[worker.job.worker_index]->SetDissecting(at_frame ? worker.next_frame : 0);
  switch (Draw(6)) {
    case 0:
      return Die(worker, kSegmentationFault);
    case 1:
      return Die(worker, kExitOfThree);
    case 2:
      worker.hangs = true;
      return;
    case 3:
      if (may_lie_) return Lie(worker);
      [[fallthrough]];
    default:
      return Die(worker, SIGKILL);
  }
}

// What it has in its slot is not believed any more.
void SimulatedProcesses::Lie(SimulatedWorker& worker) {
  has_lied_ = true;
  Disown(worker);
  worker.hangs = true;
  if (!worker.slot) return Send(worker, WorkerMessage::Kind::kUnpacked);
  if (Draw(2) == 0) return Send(worker, WorkerMessage::Kind::kWantsSlot);
  ++worker.progress.captured;
  slots_[worker.job.worker_index]->Publish(*worker.slot, worker.progress);
  worker.slot.reset();
  Send(worker, WorkerMessage::Kind::kSlotReady);
}

void SimulatedProcesses::Disown(SimulatedWorker& worker) {
  if (!worker.slot) return;
  const process::SlotProgress& progress = worker.progress;
  counts_.captured -= progress.captured;
  counts_.filtered -= progress.filtered;
  counts_.failed -= progress.failed;
  counts_.documents -= progress.documents;
  counts_.quarantined -= worker.quarantined;
}

void SimulatedProcesses::Die(SimulatedWorker& worker, int wait_status) {
  ++events_;
  worker.is_killed = true;
  worker.wait_status = wait_status;
  worker.channel.Close();
}

void SimulatedProcesses::Done(SimulatedWorker& worker, Outcome outcome) {
  worker.said_done = true;
  Send(worker, WorkerMessage::Kind::kDone, outcome);
}

void SimulatedProcesses::Send(SimulatedWorker& worker, WorkerMessage::Kind kind, Outcome outcome) {
  ++events_;
  WorkerMessage message;
  message.kind = kind;
  message.outcome = outcome;
  static_cast<void>(worker.channel.Send(message));
}

void SimulatedProcesses::ReportEnded(std::list<SimulatedWorker>::iterator worker) {
  ++events_;
  static_cast<void>(control_.Send(
      WorkerReport{WorkerReport::Kind::kEnded, worker->process, worker->wait_status, 0}));
  workers_.erase(worker);
}

void SimulatedProcesses::KillZygote() {
  ++events_;
  control_.Close();
  workers_.clear();
}

}  // namespace espcap::testing
