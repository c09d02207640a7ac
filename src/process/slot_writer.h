// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a worker puts what it makes: documents into slots, slots to the supervisor, notes to its
// log. Waits for a slot where none is free: the destination is slower than the dissection.
#ifndef ESPCAP_PROCESS_SLOT_WRITER_H_
#define ESPCAP_PROCESS_SLOT_WRITER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/compressor.h"
#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "process/batch_slots.h"
#include "process/channel.h"
#include "process/messages.h"

namespace espcap::process {

class SlotWriter {
 public:
  SlotWriter(BatchSlots& slots, uint32_t worker_index, Channel channel);

  // Around whatever could end the process.
  void BeginDissection(uint32_t frame_number) const {
    slots_.SetDissecting(worker_index_, frame_number);
  }
  void EndDissection() const { slots_.SetDissecting(worker_index_, 0); }

  // Of the next frame's packet, since the epoch.
  void SetPacketTime(int64_t nanoseconds) { packet_time_ns_ = nanoseconds; }

  // Each frame ends in one of these. An error: the supervisor is gone, or the document is too large
  // for any slot (then the frame counts as failed).
  Result<void> AddDocument(uint32_t frame_number, std::string_view text, bool is_cut = false);
  Result<void> AddFiltered(uint32_t frame_number);
  Result<void> AddFailed(uint32_t frame_number);

  // Hands the slot over if something has been in it for so long.
  void HandOverIfOlderThan(std::chrono::milliseconds age);

  // For the progress line.
  void SetSourceBytes(uint64_t bytes) { source_bytes_ = bytes; }

  void SendLog(LogMessage::Level level, std::string_view message) const;

  // The next file for raw packets; invalid where there is none.
  [[nodiscard]] base::FileDescriptor AskForFile() const;

  // An interface is opened; or can't be, and why.
  void SendOpened(std::string_view failure = {}) const;

  // Tells the capture's fingerprint; false where an earlier run has settled it.
  [[nodiscard]] Result<bool> AskToTake(const Fingerprint& fingerprint) const;

  // Hands over what is left and says how the job ended.
  void Finish(Outcome outcome);

  [[nodiscard]] bool StopRequested() const { return slots_.StopRequested(); }
  // Hangs up with the supervisor.
  [[nodiscard]] int supervisor() const { return channel_.fd(); }

 private:
  Result<void> NeedSlot();
  void HandOver();
  void Compress();
  void Account(uint32_t frame_number);

  BatchSlots& slots_;
  uint32_t worker_index_;
  Channel channel_;
  std::optional<uint32_t> slot_;
  SlotProgress progress_;
  std::chrono::steady_clock::time_point since_;  // it got the slot
  uint64_t source_bytes_ = 0;
  int64_t packet_time_ns_ = 0;
  std::unique_ptr<base::Compressor> compressor_;  // null: nothing is compressed
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_SLOT_WRITER_H_
