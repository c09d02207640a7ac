// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/slot_writer.h"

#include <algorithm>
#include <variant>

namespace espcap::process {

Result<void> SlotWriter::NeedSlot() {
  if (slot_) return {};
  WorkerMessage wish;
  wish.kind = WorkerMessage::Kind::kWantsSlot;
  const bool is_asked = std::exchange(has_asked_, true) || channel_.Send(wish);
  const auto granted = is_asked ? channel_.Receive<GrantedSlot>() : std::nullopt;
  if (!granted || granted->slot >= WorkerSlots::kSlots) {
    return Fail("the supervising process is gone");
  }
  TakeSlot(granted->slot);
  return {};
}

void SlotWriter::TakeSlot(uint32_t slot) {
  slot_ = slot;
  progress_ = {};  // the supervisor has emptied the slot
  since_ = std::chrono::steady_clock::now();
}

void SlotWriter::HandOver() {
  if (!slot_) return;
  WorkerMessage ready;
  ready.kind = WorkerMessage::Kind::kSlotReady;
  static_cast<void>(channel_.Send(ready));
  slot_.reset();
}

void SlotWriter::HandOverIfOlderThan(std::chrono::milliseconds age) {
  if (slot_ && std::chrono::steady_clock::now() - since_ >= age) HandOver();
}

void SlotWriter::Account(uint32_t frame_number) {
  ++progress_.captured;
  progress_.last_frame = frame_number;
  progress_.source_bytes = source_bytes_;
  slots_->Publish(*slot_, progress_);
  if (careful_frames_ == 0) return;
  --careful_frames_;
  HandOver();
}

Result<void> SlotWriter::AddDocument(const SlotDocument& document, std::string_view text,
                                     std::string_view cut_layer) {
  const uint32_t frame_number = document.frame_number;
  if (slot_ && !slots_->HasRoom(progress_, text.size())) HandOver();
  if (auto needed = NeedSlot(); !needed) return needed;
  if (!slots_->HasRoom(progress_, text.size())) {
    SendLog(
        LogMessage::Level::kError,
        fmt::format("packet {}: its document of {} bytes is too large", frame_number, text.size()));
    return AddFailed(frame_number);
  }
  slots_->Append(*slot_, progress_, text, document);
  if (!cut_layer.empty()) {
    ++progress_.cut;
    progress_.cut_layers.Add(cut_layer, 1);
  }
  Account(frame_number);
  if (slot_ && !slots_->HasRoom(progress_, 1)) HandOver();
  return {};
}

Result<void> SlotWriter::AddFiltered(uint32_t frame_number) {
  if (auto needed = NeedSlot(); !needed) return needed;
  ++progress_.filtered;
  Account(frame_number);
  return {};
}

Result<void> SlotWriter::AddDuplicate(uint32_t frame_number) {
  if (auto needed = NeedSlot(); !needed) return needed;
  ++progress_.duplicates;
  Account(frame_number);
  return {};
}

Result<void> SlotWriter::AddFailed(uint32_t frame_number) {
  if (auto needed = NeedSlot(); !needed) return needed;
  ++progress_.failed;
  Account(frame_number);
  return {};
}

Result<void> SlotWriter::HandOverSections(std::span<const Section> sections,
                                          const Accounted& accounted) {
  if (auto needed = NeedSlot(); !needed) return needed;
  for (const Section& section : sections) {
    slots_->Append(*slot_, progress_, section.text, section.document, section.packets);
  }
  progress_.captured = accounted.captured();
  progress_.duplicates = accounted.duplicates;
  progress_.failed = accounted.failed;
  progress_.too_large = accounted.too_large;
  progress_.last_frame = accounted.last_frame;
  progress_.source_bytes = source_bytes_;
  slots_->Publish(*slot_, progress_);
  if (careful_frames_ > 0) --careful_frames_;
  HandOver();
  return {};
}

void SlotWriter::SendLog(LogMessage::Level level, std::string_view message) const {
  WorkerMessage entry;
  entry.kind = WorkerMessage::Kind::kLogMessage;
  entry.log_message = LogMessage::Of(level, message);
  static_cast<void>(channel_.Send(entry));
}

void SlotWriter::SendLinkType(std::string_view misfit) const {
  WorkerMessage note;
  note.kind = WorkerMessage::Kind::kLinkType;
  note.log_message = LogMessage::Of(LogMessage::Level::kWarning, misfit);
  static_cast<void>(channel_.Send(note));
}

Recording SlotWriter::AskForRecording() const {
  WorkerMessage wish;
  wish.kind = WorkerMessage::Kind::kWantsFile;
  return AwaitFile(wish);
}

base::FileDescriptor SlotWriter::AskForFile(uint32_t frame_number) {
  // A slot may be on its way: what comes next is the file then.
  if (slots_ != nullptr && !NeedSlot()) return {};
  WorkerMessage wish;
  wish.kind = WorkerMessage::Kind::kWantsFile;
  wish.frame_number = frame_number;
  return AwaitFile(wish).file;
}

base::FileDescriptor SlotWriter::AskForMember(std::string_view name) const {
  WorkerMessage wish;
  wish.kind = WorkerMessage::Kind::kMember;
  wish.log_message = LogMessage::Of(LogMessage::Level::kVerbose, name);
  return AwaitFile(wish).file;
}

void SlotWriter::WantMessage(const MessageRead& before) const {
  WorkerMessage wish;
  wish.kind = WorkerMessage::Kind::kWantsMessage;
  wish.frames = before.frames;
  wish.records = before.records;
  wish.log_message = LogMessage::Of(LogMessage::Level::kError, before.fault);
  static_cast<void>(channel_.Send(wish));
}

std::optional<SlotWriter::MessageFiles> SlotWriter::AwaitMessage(std::chrono::milliseconds age) {
  constexpr std::chrono::milliseconds kLeastLook{10};  // at the slot's age
  constexpr std::chrono::milliseconds kMostLook{100};
  for (;;) {
    if (!channel_.AwaitsReceipt(std::clamp(age, kLeastLook, kMostLook))) {
      if (progress_.captured > 0) HandOverIfOlderThan(age);
      continue;
    }
    MessageFiles files;
    const auto granted = channel_.ReceiveEither<GrantedMessage, GrantedSlot>(&files.value);
    if (const auto* slot = std::get_if<GrantedSlot>(&granted)) {
      // One that was handed over has asked for it.
      if (slot_ || slot->slot >= WorkerSlots::kSlots) return std::nullopt;
      TakeSlot(slot->slot);
      continue;
    }
    const auto* message = std::get_if<GrantedMessage>(&granted);
    if (message == nullptr) return std::nullopt;
    files.granted = *message;
    if (message->kind != GrantedMessage::Kind::kMessage) return files;
    const auto origin = channel_.Receive<GrantedOrigin>(&files.texts);
    if (!origin || !files.value.valid() || !files.texts.valid()) return std::nullopt;
    files.origin = *origin;
    return files;
  }
}

void SlotWriter::SendLost(std::string_view interface, uint64_t packets) const {
  WorkerMessage note;
  note.kind = WorkerMessage::Kind::kLost;
  note.count = packets;
  note.log_message = LogMessage::Of(LogMessage::Level::kVerbose, interface);
  static_cast<void>(channel_.Send(note));
}

Recording SlotWriter::AwaitFile(const WorkerMessage& wish) const {
  Recording granted;
  if (!channel_.Send(wish)) return granted;
  const auto answer = channel_.Receive<GrantedFile>(&granted.file);
  if (answer) granted.path = answer->path.data();
  return granted;
}

void SlotWriter::SendAwaits() const {
  WorkerMessage awaits;
  awaits.kind = WorkerMessage::Kind::kAwaits;
  static_cast<void>(channel_.Send(awaits));
}

void SlotWriter::SendUnpacked(Outcome outcome) const {
  WorkerMessage unpacked;
  unpacked.kind = WorkerMessage::Kind::kUnpacked;
  unpacked.outcome = outcome;
  static_cast<void>(channel_.Send(unpacked));
}

void SlotWriter::SendOpened(std::string_view failure) const {
  WorkerMessage opened;
  opened.kind = WorkerMessage::Kind::kOpened;
  opened.log_message = LogMessage::Of(LogMessage::Level::kError, failure);
  static_cast<void>(channel_.Send(opened));
}

void SlotWriter::Finish(Outcome outcome, uint64_t conversations) {
  HandOver();
  WorkerMessage done;
  done.kind = WorkerMessage::Kind::kDone;
  done.outcome = outcome;
  done.count = conversations;
  static_cast<void>(channel_.Send(done));
}

}  // namespace espcap::process
