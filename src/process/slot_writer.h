// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a worker puts what it makes: documents into slots, slots to the supervisor, notes to its
// log. Waits for a slot where none is free: the destination is slower than the dissection.
#ifndef ESPCAP_PROCESS_SLOT_WRITER_H_
#define ESPCAP_PROCESS_SLOT_WRITER_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "process/channel.h"
#include "process/messages.h"
#include "process/recording.h"
#include "process/run_control.h"
#include "process/worker_slots.h"

namespace espcap::process {

class SlotWriter {
 public:
  // Borrows both. `slots` null: a process that makes no documents.
  SlotWriter(WorkerSlots* slots, const RunControl& control, Channel channel)
      : slots_(slots), control_(control), channel_(std::move(channel)) {}

  // Around whatever could end the process.
  void BeginDissection(uint32_t frame_number) const { slots_->SetDissecting(frame_number); }
  void EndDissection() const { slots_->SetDissecting(0); }

  // Each frame ends in one of these. An error: the supervisor is gone, or the document is too large
  // for any slot (then the frame counts as failed). `document`: all but its length. `cut_layer`:
  // where the document was cut; empty: it is whole.
  Result<void> AddDocument(const SlotDocument& document, std::string_view text,
                           std::string_view cut_layer = {});
  Result<void> AddFiltered(uint32_t frame_number);
  Result<void> AddDuplicate(uint32_t frame_number);
  Result<void> AddFailed(uint32_t frame_number);

  // Sections of several packets each, with all that is accounted for since the last ones: handed
  // over in one step, so that a death before it takes nothing of them. REQUIRES: no more than a
  // slot has room for.
  struct Section {
    SlotDocument document;  // all but its length
    uint64_t packets = 0;
    std::array<std::string_view, 3> text;  // its parts
  };
  struct Accounted {
    uint64_t packets = 0;  // in sections
    uint64_t duplicates = 0;
    uint64_t failed = 0;
    uint64_t too_large = 0;
    uint32_t last_frame = 0;
    [[nodiscard]] uint64_t captured() const { return packets + duplicates + failed + too_large; }
  };
  Result<void> HandOverSections(std::span<const Section> sections, const Accounted& accounted);
  // A fault was in what a worker before handed over: the next frame is handed over by itself.
  [[nodiscard]] bool is_careful() const { return careful_frames_ > 0; }

  // This number of the next frames, one by one: a fault in what is handed over is then one frame's.
  void HandOverEach(uint32_t frames) { careful_frames_ = frames; }
  // Hands the slot over if something has been in it for so long.
  void HandOverIfOlderThan(std::chrono::milliseconds age);

  // Something was done: a process that doesn't say so is ended (--frame-timeout).
  void CountWork() const { slots_->work().fetch_add(1, std::memory_order_relaxed); }

  // For the progress line.
  void SetSourceBytes(uint64_t bytes) { source_bytes_ = bytes; }

  void SendLog(LogMessage::Level level, std::string_view message) const;

  // The next file for raw packets.
  [[nodiscard]] Recording AskForRecording() const;
  // Where one dissects: the file for the frame, or, for frame 0, the one with what was unpacked.
  // Invalid where there is none.
  [[nodiscard]] base::FileDescriptor AskForFile(uint32_t frame_number = 0);

  // Where to unpack an archive's file of this name to; invalid: nothing more is wanted.
  [[nodiscard]] base::FileDescriptor AskForMember(std::string_view name) const;
  // It is there.
  void SendUnpacked(Outcome outcome) const;

  // Wants the next message. Of the one before it: what was read of it, and what is wrong with it
  // (empty: nothing).
  struct MessageRead {
    uint32_t frames = 0;
    uint32_t records = 0;
    std::string fault;
  };
  void WantMessage(const MessageRead& before) const;
  // What is granted next, while what was made before goes on to the supervisor once it is so old.
  // None: the supervisor is gone. The rest comes with a message only.
  struct MessageFiles {
    GrantedMessage granted;
    base::FileDescriptor value;
    GrantedOrigin origin;
    base::FileDescriptor texts;
  };
  [[nodiscard]] std::optional<MessageFiles> AwaitMessage(std::chrono::milliseconds age);

  // Of the message that is read: what a sensor has lost at an interface.
  void SendLost(std::string_view interface, uint64_t packets) const;

  // A link type is there that the capture filter fits; or doesn't: its name, and why.
  void SendLinkType(std::string_view misfit) const;

  // An interface is opened; or can't be, and why.
  void SendAwaits() const;
  void SendOpened(std::string_view failure = {}) const;

  // Hands over what is left and says how the job ended; of messages, with this number of
  // conversations in its session.
  void Finish(Outcome outcome, uint64_t conversations);

  [[nodiscard]] bool StopRequested() const { return control_.StopRequested(); }
  // Hangs up with the supervisor.
  [[nodiscard]] int supervisor() const { return channel_.fd(); }

 private:
  Result<void> NeedSlot();
  void TakeSlot(uint32_t slot);
  [[nodiscard]] Recording AwaitFile(const WorkerMessage& wish) const;
  void HandOver();
  void Account(uint32_t frame_number);

  WorkerSlots* slots_;
  const RunControl& control_;
  Channel channel_;
  std::optional<uint32_t> slot_;
  bool has_asked_ = false;  // for the first slot; a slot that is handed over asks for the next
  SlotProgress progress_;
  std::chrono::steady_clock::time_point since_;  // it got the slot
  uint64_t source_bytes_ = 0;
  uint32_t careful_frames_ = 0;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_SLOT_WRITER_H_
