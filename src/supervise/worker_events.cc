// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the supervisor does with each event of its workers.
#include <utility>
#include <variant>

#include "supervise/message_log.h"
#include "supervise/supervisor.h"

namespace espcap::supervise {
namespace {

using process::Job;

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace

void Supervisor::Handle(const WorkerEvent& event) {
  std::visit(
      Overloaded{[this](const SlotReady& e) { worker_batches_.HandOver(e.worker); },
                 [this](const ProtocolBroken& e) {
                   worker_batches_.EndForProtocolError(*e.worker.part, e.what);
                 },
                 [this](const FileWanted& e) { GrantFile(e.worker, e.frame_number); },
                 [this](const MessageWanted& e) {
                   if (auto read = messages_->Handle(e); !read) {
                     worker_batches_.EndForProtocolError(*e.worker.part, read.error().message);
                   }
                 },
                 [this](const LossSeen& e) { messages_->Handle(e); },
                 [this](const SessionEnded& e) { messages_->Handle(e); },
                 [this](const MemberUnpacked& e) {
                   if (state_.stop) return e.worker.member.reset();
                   if (e.outcome == process::Outcome::kUnreadable) ++state_.unreadable_files;
                   auto taken =
                       unpacked_files_.Receive(e.worker, e.outcome == process::Outcome::kComplete);
                   if (!taken) {
                     worker_batches_.EndForProtocolError(*e.worker.part, taken.error().message);
                   }
                 },
                 [this](const InterfaceOpened& e) {
                   // A failure at the start is OpenInterfaces()'s; later, the interface is lost to
                   // the run.
                   if (e.failure.empty()) {
                     const Job& job = e.worker.part->job;
                     const std::string message = fmt::format("capturing on {}", job.path.data());
                     job.fanout_index == 0 ? parts_.log.Info(message) : parts_.log.Verbose(message);
                   } else if (state_.running) {
                     parts_.log.Error(e.failure);
                   } else {
                     failure_ = e.failure;
                   }
                 },
                 [this](const LinkTypeSeen& e) {
                   if (e.misfit.empty()) return parts_.filter_fit.NoteFit();
                   if (!parts_.filter_fit.NoteMisfit(e.misfit)) return;
                   parts_.log.Warning(fmt::format("{}: --bpf leaves out packets of link type {}",
                                                  e.worker.part->job.path.data(), e.misfit));
                 },
                 [this](const WorkerLogged& e) {
                   const bool is_error = e.message.level == process::LogMessage::Level::kError;
                   if (is_error && e.worker != nullptr) {
                     succession_.NoteFault(*e.worker->part->capture, e.message.Text());
                   }
                   WriteToLog(e.message, parts_.log);
                 },
                 [this](const WorkerReaped& e) {
                   if (e.process < 0 || e.wait_status == 0 || state_.stop) return;
                   parts_.log.Warning(
                       fmt::format("worker {} {}", e.process, DescribeEnd(e.wait_status)));
                 },
                 [this](const ZygoteEnded&) { MarkInputLost(kZygoteEnded); },
                 // What is in the rings is still dissected.
                 [this](const OpenerEnded&) {
                   parts_.log.Error("the process that opens interfaces has ended");
                   if (state_.input == InputState::kOpen) state_.input = InputState::kReaderLost;
                   if (state_.running) Stop(StopReason::kInputLost);
                 }},
      event);
}

// Workers have no right to any folder.
void Supervisor::GrantFile(const Worker& worker, uint32_t frame_number) {
  const Part& part = *worker.part;
  if (part.job.is_unpacked && frame_number == 0) return UnpackedFiles::GrantTo(worker);
  const auto granted = part.job.Dissects()
                           ? parts_.quarantine.FileFor(*part.capture->name, frame_number)
                           : parts_.open_recording(part.job);
  if (!granted) {
    if (state_.running) parts_.log.Error(granted.error().message);
    failure_ = granted.error().message;
  }
  const bool is_open = granted && granted->file.valid();
  if (granted && !is_open) {
    parts_.log.Warning(fmt::format("{}: packet {} is not kept: the quarantine is full",
                                   *part.capture->name, frame_number));
  }
  process::GrantedFile answer{is_open};
  if (is_open) granted->path.copy(answer.path.data(), answer.path.size() - 1);
  static_cast<void>(worker.channel.TrySend(answer, is_open ? granted->file.get() : -1));
}

}  // namespace espcap::supervise
