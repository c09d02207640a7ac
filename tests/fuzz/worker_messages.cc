// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a worker sends over its channel, in any order and of any size, with descriptors or without;
// meanwhile it is granted what it may have.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <utility>
#include <variant>

#include "base/printable.h"
#include "supervise/worker_pool.h"
#include "targets.h"

namespace espcap::fuzz {
namespace {

using process::Job;
using process::WorkerMessage;
using supervise::Worker;

constexpr int kMaxMessages = 64;

int LowestFreeDescriptor() {
  const int free = ::dup(STDERR_FILENO);
  ::close(free);
  return free;
}

Job ReadJob(Input& input) {
  Job job;
  job.role = static_cast<Job::Role>(input.NextBelow(5));
  job.is_unpacked = input.NextBool();
  job.keeps_faults = input.NextBool();
  if (input.NextBool()) job.faults.Add({input.Next<uint8_t>(), process::FrameFault::Kind::kSignal});
  return job;
}

WorkerMessage ReadMessage(Input& input) {
  WorkerMessage message;
  const auto kind = input.Next<uint8_t>();
  constexpr uint8_t kAny = 0xF0;
  message.kind =
      static_cast<WorkerMessage::Kind>(kind < kAny ? kind % 12U : input.Next<uint32_t>());
  message.outcome = static_cast<process::Outcome>(input.Next<uint8_t>());
  message.frame_number = input.Next<uint8_t>();
  message.log_message.level =
      static_cast<process::LogMessage::Level>(input.NextBool() ? input.Next<uint32_t>() : 0);
  const std::string_view text = input.NextText<uint8_t>();
  message.log_message.length =
      input.NextBool() ? input.Next<uint32_t>() : static_cast<uint32_t>(text.size());
  text.copy(message.log_message.text.data(), text.size());
  return message;
}

// Whole, cut off, or too long.
bool Send(const process::Channel& channel, const WorkerMessage& message, uint8_t how) {
  constexpr uint8_t kWhole = 0xE0;
  const int descriptor = how % 4 == 3 ? STDERR_FILENO : -1;
  if (how < kWhole) return channel.TrySend(message, descriptor);
  std::string bytes(2 * sizeof(message), 'x');
  std::memcpy(bytes.data(), &message, sizeof(message));
  const size_t size = how % 2 == 0 ? sizeof(message) + how : how * 8U;
  return ::send(channel.fd(), bytes.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

void CheckText(std::string_view text) {
  Require(text.size() <= sizeof(process::LogMessage::text), "a message's text is its own");
  for (const char byte : base::Printable(text)) {
    Require(static_cast<unsigned char>(byte) >= 0x20 || byte == '\t', "a message is one line");
  }
}

// What the supervisor has said, before the worker's next message.
struct Granted {
  bool slot = false;
  bool member = false;
};

struct Check {
  const Worker& worker;
  Granted granted;

  void operator()(const supervise::SlotReady& /*event*/) const {
    Require(granted.slot, "a slot is handed over by the one that has it");
  }
  void operator()(const supervise::FileWanted& event) const {
    const Job& job = worker.part->job;
    Require(job.role == Job::Role::kCapture || (job.is_unpacked && event.frame_number == 0) ||
                (job.Dissects() && job.keeps_faults && !job.faults.empty()),
            "a file is for the one that may have it");
  }
  void operator()(const supervise::MemberUnpacked& /*event*/) const {
    Require(granted.member, "what is unpacked was granted");
  }
  void operator()(const supervise::InterfaceOpened& event) const { CheckText(event.failure); }
  void operator()(const supervise::LinkTypeSeen& event) const { CheckText(event.misfit); }
  void operator()(const supervise::ProtocolBroken& event) const {
    Require(!event.what.empty(), "a violation has a name");
  }
  void operator()(const supervise::WorkerLogged& event) const { CheckText(event.message.Text()); }
  template <class Other>
  void operator()(const Other& /*event*/) const {
    Require(false, "a worker speaks for itself");
  }
};

// As the supervisor does once in a while.
void Grant(Worker& worker) {
  if (worker.wants_slot && !worker.slot) {
    worker.slot = 0;
    worker.wants_slot = false;
  }
  if (worker.member && !worker.member->file.valid()) {
    worker.member->file = base::FileDescriptor(::dup(STDERR_FILENO));
  }
}

void CheckWorker(const Worker& worker) {
  const Job& job = worker.part->job;
  Require(!worker.wants_slot || (job.Dissects() && !worker.slot),
          "a slot is for one that dissects");
  Require(!worker.member || job.role == Job::Role::kUnpack, "a member is for one that unpacks");
  Require(!worker.outcome || *worker.outcome <= process::Outcome::kUnreadable, "an outcome is one");
  if (worker.member) CheckText(worker.member->name);
}

void Talk(Input& input) {
  supervise::Part part;
  part.job = ReadJob(input);
  auto [ours, theirs] = std::move(process::Channel::Pair().value());
  Worker worker;
  worker.channel = std::move(ours);
  worker.part = &part;
  for (int count = 0; count < kMaxMessages && !input.empty() && worker.channel.open(); ++count) {
    const auto how = input.Next<uint8_t>();
    if (how % 2 == 0) Grant(worker);
    if (!Send(theirs, ReadMessage(input), how)) break;
    const Granted granted{worker.slot.has_value(), worker.member && worker.member->file.valid()};
    const auto event = supervise::WorkerPool::Receive(worker);
    if (event) std::visit(Check{worker, granted}, *event);
    if (event && std::holds_alternative<supervise::SlotReady>(*event)) worker.slot.reset();
    if (event && std::holds_alternative<supervise::MemberUnpacked>(*event)) worker.member.reset();
    CheckWorker(worker);
  }
}

}  // namespace

void WorkerMessages(Bytes bytes) {
  const int free = LowestFreeDescriptor();
  Input input(bytes);
  Talk(input);
  Require(LowestFreeDescriptor() == free, "no descriptor is left open");
}

}  // namespace espcap::fuzz
