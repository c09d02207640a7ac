// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/message_stream.h"

#include <algorithm>

namespace espcap::supervise {
namespace {

constexpr unsigned kNumberBits = 32;
// A fresh session counts frames anew from there on.
constexpr uint32_t kManyFrames = uint32_t{1} << 31U;

constexpr uint32_t kMostLetters = 2;  // on their way, before another message is taken

uint64_t SequenceOf(uint64_t record) { return record >> kNumberBits; }

}  // namespace

std::optional<MessageStream::Given> MessageStream::Give(
    const std::function<std::optional<FedMessage>()>& take) {
  if (next_ > last_) {
    if (is_closed_ || awaits_keeping_ >= kMostLetters) return std::nullopt;
    auto taken = take();
    if (!taken) return std::nullopt;
    open_[++last_].message = std::move(*taken);
  }
  Open& open = open_.at(next_);
  open.first_frame = next_frame_;
  is_reading_ = true;
  return Given{&open.message, next_++, open.first_frame};
}

void MessageStream::TakeBack() {
  --next_;
  is_reading_ = false;
}

Result<std::optional<MessageStream::Fault>> MessageStream::NoteRead(uint64_t frames,
                                                                    uint64_t records,
                                                                    bool is_faulty) {
  if (!std::exchange(is_reading_, false)) {
    if (frames == 0 && records == 0 && !is_faulty) return std::nullopt;
    return Fail("it has read a message that it hasn't");
  }
  const uint64_t sequence = next_ - 1;
  Open& open = open_.at(sequence);
  const uint64_t packets = open.message.numbers.size();
  const uint64_t last_frame = open.first_frame - 1 + frames;
  if ((packets != 0 && std::max(frames, records) > packets) || last_frame < accounted_frames_ ||
      last_frame >= UINT32_MAX) {
    return Fail("it has read {} packets of a message", frames);
  }
  open.frames = static_cast<uint32_t>(frames);
  next_frame_ = static_cast<uint32_t>(last_frame) + 1;
  std::optional<Fault> fault;
  if (is_faulty && !std::exchange(open.is_kept, true)) {
    open.awaits_keeping = true;
    ++awaits_keeping_;
    fault = {&open.message, sequence, packets - std::min(packets, records)};
  }
  AdvanceAccounted();
  return fault;
}

void MessageStream::NoteKept(uint64_t sequence, bool is_kept) {
  const auto found = open_.find(sequence);
  if (found == open_.end() || !std::exchange(found->second.awaits_keeping, false)) return;
  --awaits_keeping_;
  if (!is_kept) found->second.has_failed = has_failed_ = true;
  Settle(found);
}

void MessageStream::Restart(process::Job& job) {
  const auto first = open_.find(unaccounted_);
  const bool was_given = first != open_.end() && unaccounted_ < next_;
  next_frame_ = was_given ? first->second.first_frame : accounted_frames_ + 1;
  if (next_frame_ > kManyFrames) {
    accounted_frames_ -= next_frame_ - 1;
    next_frame_ = 1;
    if (was_given) first->second.first_frame = 1;
  }
  next_ = unaccounted_;
  is_reading_ = false;
  for (auto left = first; left != open_.end(); ++left) left->second.frames.reset();
  job.settled_frame = accounted_frames_;
}

Result<DocumentKey> MessageStream::KeyOf(uint64_t record) const {
  const uint64_t sequence = SequenceOf(record);
  const auto index = static_cast<uint32_t>(record);
  if (sequence >= unaccounted_ && sequence < next_ && index != 0) {
    const FedMessage& message = open_.at(sequence).message;
    if (message.numbers.empty()) return DocumentKey{message.capture, index};
    if (index <= message.numbers.size()) {
      return DocumentKey{message.capture, message.numbers[index - 1]};
    }
  }
  return Fail("a document of record {} of message {}", index, sequence);
}

uint64_t MessageStream::Open::MostFrames() const {
  const uint64_t packets = message.numbers.size();
  return packets == 0 ? UINT32_MAX - 1 : first_frame - 1 + packets;
}

Result<std::vector<DocumentKey>> MessageStream::Check(const SlotContents& contents,
                                                      uint64_t last) const {
  const process::SlotProgress& progress = contents.progress;
  const uint64_t last_frame = accounted_frames_ + progress.captured;
  const uint64_t most_frames = is_reading_ ? open_.at(next_ - 1).MostFrames() : next_frame_ - 1;
  if (last_frame > most_frames || (progress.captured > 0 && progress.last_frame != last_frame)) {
    return Fail("packets up to {}, after {}", progress.last_frame, accounted_frames_);
  }
  std::vector<DocumentKey> keys;
  keys.reserve(contents.documents.size());
  for (const process::SlotDocument& document : contents.documents) {
    if (document.record_number <= last) return Fail("a document of a record before another one");
    auto key = KeyOf(document.record_number);
    if (!key) return Forward(std::move(key));
    last = document.record_number;
    keys.push_back(*key);
  }
  return keys;
}

MessageRange MessageStream::Account(const SlotContents& contents) {
  MessageRange range;
  if (!contents.documents.empty()) {
    range = {SequenceOf(contents.documents.front().record_number),
             SequenceOf(contents.documents.back().record_number)};
    for (uint64_t sequence = range.first; sequence <= range.last; ++sequence) {
      ++open_.at(sequence).batches;
    }
  }
  accounted_frames_ += static_cast<uint32_t>(contents.progress.captured);
  AdvanceAccounted();
  return range;
}

void MessageStream::NoteSettled(const MessageRange& batch, Delivery delivery) {
  if (batch.first == 0) return;
  for (uint64_t sequence = batch.first; sequence <= batch.last; ++sequence) {
    const auto found = open_.find(sequence);
    if (found == open_.end()) continue;
    --found->second.batches;
    if (delivery == Delivery::kFailed) found->second.has_failed = has_failed_ = true;
    Settle(found);
  }
}

void MessageStream::AdvanceAccounted() {
  for (auto next = open_.find(unaccounted_); next != open_.end(); next = open_.find(unaccounted_)) {
    Open& open = next->second;
    if (!open.frames || accounted_frames_ < open.first_frame - 1 + *open.frames) return;
    open.is_accounted = true;
    ++unaccounted_;
    Settle(next);
  }
}

void MessageStream::Settle(OpenMessages::iterator message) {
  Open& open = message->second;
  // Nobody will read it again.
  if (open.is_accounted && !open.awaits_keeping) open.message.owner.reset();
  if (!open.IsSettled()) return;
  settled_.push_back(open.message.offset);
  open_.erase(message);
}

}  // namespace espcap::supervise
