// SPDX-License-Identifier: GPL-2.0-or-later
//
// A ring of records in shared memory between one process that writes and one that reads, with a log
// of facts next to it (several may write that take turns from Claim() to Commit()). Made before all
// are forked. A record stays in the ring until the supervisor releases it, so a reader that dies is
// followed by another that begins with the first record nobody has accounted for; the log is never
// emptied, so the other knows all that was said before.
//
// Three processes, three pages, each with one that writes it: the writer's (records, log, how far
// it has come), the supervisor's (what is released, whether the ring is closed), the reader's (that
// it waits). The writer waits where the ring is full; nothing grows. Numbers of the others are
// checked: a record that doesn't fit into the ring ends it.
#ifndef ESPCAP_PROCESS_PACKET_RING_H_
#define ESPCAP_PROCESS_PACKET_RING_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/fingerprint.h"
#include "espcap/result.h"

namespace espcap::process {

class PacketRing {
 public:
  static constexpr size_t kMinRecordsBytes = size_t{16} << 20U;
  static constexpr size_t kLogBytes = size_t{16} << 20U;

  // With room for this many bytes of records, rounded up to whole pages; for kMinRecordsBytes at
  // least.
  static Result<std::unique_ptr<PacketRing>> Create(size_t records_bytes = kMinRecordsBytes);
  ~PacketRing();
  PacketRing(const PacketRing&) = delete;
  PacketRing& operator=(const PacketRing&) = delete;

  // In a forked process: which of the three it is. Until then it can be each, as in the process
  // that made the ring.
  Result<void> BecomeWriter();
  Result<void> BecomeReader();
  // What such a process still needs of its descriptors.
  [[nodiscard]] std::array<int, 2> events() const {
    return {record_eventfd_.get(), room_eventfd_.get()};
  }

  // What a packet is known by.
  struct RecordId {
    uint64_t number = 0;        // of its record, rising
    Fingerprint fingerprint{};  // of the stream up to it, where that makes ids
  };

  // Writer's side.

  // The largest record.
  [[nodiscard]] size_t max_record_bytes() const { return records_bytes_ - 64; }
  // Room for a record; waits for it as long as `may_wait` says. Empty where it stopped waiting.
  // REQUIRES: bytes <= max_record_bytes().
  std::span<char> Claim(size_t bytes, const std::function<bool()>& may_wait);
  // The claimed record is the reader's.
  void Commit(size_t bytes, const RecordId& id);
  // False where the log has no room left.
  [[nodiscard]] bool AppendMetadata(std::span<const char> fact);
  [[nodiscard]] size_t log_bytes() const { return written().log_bytes.load(); }
  // A number that rises as the writer works, whether that brings a record or not.
  [[nodiscard]] std::atomic<uint64_t>& work() const { return written().work; }

  // Reader's side.

  enum class State { kRecord, kNothingYet, kEnd };
  // Waits for a record, for the end, or for the time to pass.
  State Wait(std::chrono::milliseconds timeout);
  // The oldest record that wasn't passed: its bytes until the supervisor releases it, which may be
  // before Pass(). REQUIRES: Wait() said kRecord, and no Pass() since.
  [[nodiscard]] std::span<const char> Front() const;
  [[nodiscard]] const RecordId& FrontId() const { return front_.id; }
  void Pass() { place_ += WithHeader(front_.bytes); }
  // The facts in the log from `from` to `to`, one after another. REQUIRES: both are places between
  // facts, as log_bytes() gave them.
  void Metadata(size_t from, size_t to,
                const std::function<void(std::span<const char> fact)>& take) const;

  // Supervisor's side.

  // The next records that aren't released. None where there aren't that many.
  struct Records {
    std::vector<RecordId> ids;
    uint64_t end = 0;  // the place behind them
  };
  [[nodiscard]] std::optional<Records> Peek(uint64_t records) const;
  // They are accounted for: their room is the writer's again. REQUIRES: nothing was released since
  // they were peeked at.
  void Release(const Records& records);
  // Nothing more will come.
  void Close();

 private:
  struct RecordHeader {
    uint64_t bytes = 0;
    RecordId id;
  };
  // What is yes or no is a number in these: another process may put any byte there.
  struct Written {               // by the writer
    std::atomic<uint64_t> head;  // bytes ever committed
    std::atomic<uint64_t> log_bytes;
    std::atomic<uint8_t> writer_waits;
    std::atomic<uint64_t> work;
  };
  struct Supervised {            // written by the supervisor
    std::atomic<uint64_t> tail;  // bytes ever released
    std::atomic<uint8_t> closed;
  };
  struct Read {  // written by the reader
    std::atomic<uint8_t> reader_waits;
  };

  PacketRing() = default;
  // Each record is preceded by what it is.
  static size_t WithHeader(size_t bytes);
  [[nodiscard]] Written& written() const { return *reinterpret_cast<Written*>(memory_); }
  [[nodiscard]] char* log() const;
  [[nodiscard]] char* RecordAt(uint64_t place) const;
  [[nodiscard]] RecordHeader HeaderAt(uint64_t place) const;
  Result<void> MapRecords(int protection);
  void UnmapRecords();

  char* memory_ = nullptr;   // what the writer has written, log
  char* records_ = nullptr;  // mapped twice in a row: no record is cut at the end
  size_t records_bytes_ = 0;
  uint64_t place_ = 0;  // the reader's
  RecordHeader front_;  // of the record there
  Supervised* supervised_ = nullptr;
  Read* read_ = nullptr;
  base::FileDescriptor supervised_file_;
  base::FileDescriptor read_file_;
  base::FileDescriptor memory_file_;
  base::FileDescriptor record_eventfd_;  // eventfd(2): written for a reader that waits
  base::FileDescriptor room_eventfd_;    // the same for the writer
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_PACKET_RING_H_
