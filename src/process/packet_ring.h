// SPDX-License-Identifier: GPL-2.0-or-later
//
// A ring of records in shared memory between one process that writes and one that reads, with a log
// of facts beside it (several may write that take turns from Claim() to Commit()). Made before all
// are forked. A record stays in the ring until the reader
// releases it, so one that dies is followed by another that begins with the same record; the log
// is never emptied, so the other knows all that was said before.
//
// The writer waits where the ring is full; nothing grows. Both trust the layout, not each other's
// numbers: a record that doesn't fit into the ring ends it.
#ifndef ESPCAP_PROCESS_PACKET_RING_H_
#define ESPCAP_PROCESS_PACKET_RING_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "base/file_descriptor.h"
#include "espcap/result.h"

namespace espcap::process {

class PacketRing {
 public:
  static constexpr size_t kMinRecordsBytes = size_t{16} << 20U;
  static constexpr size_t kLogBytes = size_t{16} << 20U;

  // With room for so many bytes of records, rounded up to whole pages; for kMinRecordsBytes at
  // least.
  static Result<std::unique_ptr<PacketRing>> Create(size_t records_bytes = kMinRecordsBytes);
  ~PacketRing();
  PacketRing(const PacketRing&) = delete;
  PacketRing& operator=(const PacketRing&) = delete;

  // Writer's side.

  // The largest record.
  [[nodiscard]] size_t max_record_bytes() const { return records_bytes_ - 64; }
  // Room for a record; waits for it as long as `may_wait` says. Empty where it stopped waiting.
  // REQUIRES: bytes <= max_record_bytes().
  std::span<char> Claim(size_t bytes, const std::function<bool()>& may_wait);
  // The claimed record is the reader's.
  void Commit(size_t bytes);
  // False where the log has no room left.
  [[nodiscard]] bool AppendMetadata(std::span<const char> fact);
  [[nodiscard]] size_t log_bytes() const { return header().log_bytes.load(); }
  // Nothing more will come. Also called for a writer that has died.
  void Close();

  // Reader's side.

  enum class State { kRecord, kNothingYet, kEnd };
  // Waits for a record, for the end, or for the time to pass.
  State Wait(std::chrono::milliseconds timeout);
  // The oldest record. REQUIRES: Wait() said kRecord.
  [[nodiscard]] std::span<const char> Front() const;
  void Release();
  // The facts in the log from `from` to `to`, one after another. REQUIRES: both are places between
  // facts, as log_bytes() gave them.
  void Metadata(size_t from, size_t to,
                const std::function<void(std::span<const char> fact)>& take) const;
  // What the reader leaves for its successor; replaced as a whole.
  static constexpr size_t kCheckpointBytes = 96;
  void SaveCheckpoint(std::span<const char> note);
  [[nodiscard]] std::span<const char> Checkpoint() const;

 private:
  struct Header {
    std::atomic<uint64_t> head;  // bytes ever committed
    std::atomic<uint64_t> tail;  // bytes ever released
    std::atomic<uint64_t> log_bytes;
    std::atomic<bool> closed;
    std::atomic<bool> reader_waits;
    std::atomic<bool> writer_waits;
    std::atomic<uint32_t> current_checkpoint;
    char checkpoints[2][kCheckpointBytes];
  };

  PacketRing() = default;
  [[nodiscard]] Header& header() const { return *reinterpret_cast<Header*>(memory_); }
  [[nodiscard]] char* log() const;
  [[nodiscard]] char* RecordAt(uint64_t place) const;

  char* memory_ = nullptr;   // header, log
  char* records_ = nullptr;  // mapped twice in a row: no record is cut at the end
  size_t records_bytes_ = 0;
  base::FileDescriptor memory_file_;
  base::FileDescriptor record_eventfd_;  // eventfd(2): written for a reader that waits
  base::FileDescriptor room_eventfd_;    // the same for the writer
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_PACKET_RING_H_
