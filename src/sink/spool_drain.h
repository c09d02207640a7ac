// SPDX-License-Identifier: GPL-2.0-or-later
//
// The way out of a spool: its batches go to the server, oldest first, and are marked as settled
// there. One thread.
#ifndef ESPCAP_SINK_SPOOL_DRAIN_H_
#define ESPCAP_SINK_SPOOL_DRAIN_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "espcap/ledger.h"
#include "espcap/remote_sink.h"
#include "espcap/result.h"
#include "sink/spool_queue.h"

namespace espcap::sink {

class SpoolDrain {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Both are borrowed. `contents`: what the server takes. `report` is for errors.
  SpoolDrain(RemoteSink& server, SpoolQueue& spool, spool::Contents contents,
             std::function<void(const std::string&)> report)
      : server_(server), spool_(spool), contents_(contents), report_(std::move(report)) {}

  // The server's sink knows spooled batches by slots of their own.
  static bool Owns(uint32_t slot) { return slot >= kFirstSlot; }

  // Reads batches while the server can take them, and sends what was read.
  Result<void> Poll(Ledger& ledger, Time now);
  [[nodiscard]] std::optional<Time> NextTime() const;

  // The server's word on a batch. REQUIRES: Owns(slot).
  void Settle(uint32_t slot, bool delivered);
  // The server's sink has given it back, with this number of its documents, or packets.
  void Reclaim(uint32_t slot, uint64_t documents);
  // A batch has come to the spool.
  void Appended() { is_empty_ = false; }

  // There is no more time.
  void GiveUp();

  // Nothing of the spool is at the server, and what was is marked as settled.
  [[nodiscard]] bool Idle() const { return at_server_.empty() && settling_documents_ == 0; }
  // All that is in it was sent.
  [[nodiscard]] bool IsEmpty() const { return is_empty_; }
  // Batches were taken out since the last call.
  [[nodiscard]] bool ConsumeMadeRoom() { return std::exchange(made_room_, false); }
  // Documents of the spool that are counted otherwise.
  [[nodiscard]] uint64_t counted_documents() const { return settling_documents_ + kept_documents_; }

 private:
  static constexpr uint32_t kFirstSlot = uint32_t{1} << 31U;

  void Read();
  // Its documents are counted already, and stay on disk.
  void Keep(uint64_t documents, const std::string& why);
  void ReportKept(uint64_t documents, const std::string& why) const;

  RemoteSink& server_;
  SpoolQueue& spool_;
  spool::Contents contents_;
  std::function<void(const std::string&)> report_;
  SpoolQueue::Next next_;                                     // read, and not sent
  std::unordered_map<uint32_t, SpoolQueue::Next> at_server_;  // by slot
  uint32_t last_slot_ = 0;
  uint64_t settling_documents_ = 0;  // not yet taken out
  uint64_t kept_documents_ = 0;      // of batches that stay as a whole
  bool is_reading_ = false;
  bool is_empty_ = false;
  bool made_room_ = false;
  Time read_again_at_{};
};

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_SPOOL_DRAIN_H_
