// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/message_intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "process/shared_file.h"

namespace espcap::supervise {
void MessageIntake::Serve() {
  if (feed_ == nullptr) return;
  for (const MessageFeed::Change& change : feed_->DrainChanges()) {
    if (change.kind == MessageFeed::Change::Kind::kBegin) {
      if (is_closed_) continue;
      log_.Info(fmt::format("reading {}", change.name));
      Begin(change);
      continue;
    }
    for (const Capture& capture : captures_.captures()) {
      const auto& stream = capture.messages;
      if (stream != nullptr && stream->assignment() == change.assignment) stream->Close();
    }
  }
  CloseFailed();
  ShareMemory();
  for (Worker& worker : workers_.workers()) {
    if (worker.wants_message && worker.channel.open()) Grant(worker);
  }
}

// A session that waits for a message looks at once whether it is too large now.
void MessageIntake::ShareMemory() {
  const uint64_t memory_bytes = feed_->SessionMemory();
  if (memory_bytes == std::exchange(session_memory_, memory_bytes)) return;
  for (Capture& capture : captures_.captures()) {
    if (capture.messages == nullptr) continue;
    for (Part& part : capture.parts) part.job.memory_bytes = memory_bytes;
  }
  process::GrantedMessage granted;
  granted.kind = process::GrantedMessage::Kind::kMemory;
  granted.memory_bytes = memory_bytes;
  for (const Worker& worker : workers_.workers()) {
    if (!worker.wants_message || !worker.channel.open()) continue;
    static_cast<void>(worker.channel.TrySend(granted));
  }
}

void MessageIntake::Begin(const MessageFeed::Change& change) {
  Capture& capture = captures_.captures().emplace_back();
  capture.name = std::make_shared<const std::string>(change.name);
  capture.is_stream = true;
  capture.messages = std::make_shared<MessageStream>(change.assignment, change.partition);
  Part& part = capture.parts.emplace_back();
  part.capture = &capture;
  part.job.role = process::Job::Role::kDissectMessages;
  part.job.SetPath(change.name);
  part.job.memory_bytes = feed_->SessionMemory();
  captures_.PutBack(part);
}

// What is behind a document that is lost can't be committed: it is left to another run.
void MessageIntake::CloseFailed() {
  for (const Capture& capture : captures_.captures()) {
    if (capture.messages == nullptr || !capture.messages->has_failed()) continue;
    if (!capture.messages->Close()) continue;
    log_.Error(
        fmt::format("{}: a document of it is lost; the partition is read no further, and "
                    "the next run begins there",
                    *capture.name));
  }
}

void MessageIntake::Grant(Worker& worker) {
  const Capture& capture = *worker.part->capture;
  const std::shared_ptr<MessageStream>& stream = capture.messages;
  for (;;) {
    const auto given = stream->Give([&] { return feed_->Next(stream->assignment()); });
    if (!given) break;
    if (given->message->fault.empty()) {
      worker.wants_message = !Send(worker, *given);
      if (worker.wants_message) stream->TakeBack();
      return;
    }
    const std::string reason = given->message->fault;
    const auto fault = stream->NoteRead(0, 0, true);
    if (fault && *fault) Read(stream, *capture.name, **fault, reason);
  }
  if (!stream->IsSpent()) return;
  worker.wants_message = false;
  static_cast<void>(worker.channel.TrySend(process::GrantedMessage{}));
}

// Whether it is on its way. What it can't have for want of memory or descriptors comes later.
bool MessageIntake::Send(const Worker& worker, const MessageStream::Given& given) const {
  const FedMessage& message = *given.message;
  const Capture& capture = *worker.part->capture;
  // The worker's own: it can do with them what it likes.
  const auto value = process::MakeFileOf("espcap-message", std::array{message.value});
  const auto texts = process::MakeFileOf("espcap-message-origin",
                                         std::array{message.sensor, message.file, message.records});
  if (!value || !texts) {
    log_.WriteLimited(
        telemetry::Log::Level::kWarning, "messages for workers",
        fmt::format("{}, offset {}: give the message to its worker: {}; tried again", *capture.name,
                    message.offset, (value ? texts : value).error().message));
    return false;
  }
  const process::GrantedMessage granted{process::GrantedMessage::Kind::kMessage,
                                        feed_->SessionMemory(),
                                        given.sequence,
                                        given.first_frame,
                                        static_cast<uint32_t>(message.numbers.size()),
                                        capture.messages->partition(),
                                        message.offset};
  const process::GrantedOrigin origin{static_cast<uint32_t>(message.sensor.size()),
                                      static_cast<uint32_t>(message.file.size()),
                                      static_cast<uint32_t>(message.records.size())};
  // A worker that doesn't read is one that makes no progress.
  if (worker.channel.TrySend(granted, value->get())) {
    static_cast<void>(worker.channel.TrySend(origin, texts->get()));
  }
  return true;
}

Result<void> MessageIntake::Handle(const MessageWanted& event) {
  const Capture& capture = *event.worker.part->capture;
  const std::shared_ptr<MessageStream>& stream = capture.messages;
  const auto fault = stream->NoteRead(event.frames, event.records, !event.fault.empty());
  if (!fault) return tl::unexpected(fault.error());
  if (*fault) Read(stream, *capture.name, **fault, event.fault);
  return {};
}

void MessageIntake::Handle(const LossSeen& event) {
  const FedMessage* const message = event.worker.part->capture->messages->Reading();
  if (message != nullptr) feed_->NoteLost(*message, event.interface, event.packets);
}

void MessageIntake::Handle(const SessionEnded& event) {
  feed_->NoteSessionEnd(event.worker.part->capture->messages->assignment(), event.conversations);
}

// Its packets that nobody could read are accounted for with it.
void MessageIntake::Read(const std::shared_ptr<MessageStream>& stream, const std::string& capture,
                         const MessageStream::Fault& fault, const std::string& reason) {
  log_.WriteLimited(telemetry::Log::Level::kError, "damaged messages",
                    fmt::format("{}, offset {}: {}; the message goes to the dead letters", capture,
                                fault.message->offset, reason));
  ledger_.captured += fault.missing;
  ledger_.dead_lettered += fault.missing;
  feed_->Keep(
      *fault.message, stream->partition(), reason,
      [stream, sequence = fault.sequence](bool is_kept) { stream->NoteKept(sequence, is_kept); });
}

void MessageIntake::Close() {
  is_closed_ = true;
  for (const Capture& capture : captures_.captures()) {
    if (capture.messages != nullptr) capture.messages->Close();
  }
}

}  // namespace espcap::supervise
