// SPDX-License-Identifier: GPL-2.0-or-later
//
// The way into a spool: batches that are on their way to the disk, and whether there is room for
// more. One thread.
#ifndef ESPCAP_SINK_SPOOL_KEEPER_H_
#define ESPCAP_SINK_SPOOL_KEEPER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "espcap/remote_sink.h"
#include "sink/placement.h"
#include "sink/spool_queue.h"
#include "spool/damage.h"

namespace espcap::sink {

class SpoolKeeper {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // The spool is borrowed.
  SpoolKeeper(SpoolQueue& spool, WhenFull when_full, spool::Reports reports)
      : spool_(spool), when_full_(when_full), reports_(std::move(reports)) {}

  // The batch stays the caller's to settle once it is told of.
  void Keep(RemoteSink::Returned batch);
  struct Kept {
    std::shared_ptr<const RemoteSink::Returned> batch;
    bool is_in_spool = false;
  };
  [[nodiscard]] std::vector<Kept> DrainKept() { return std::exchange(kept_, {}); }
  // On their way; packets, in sections.
  [[nodiscard]] uint64_t documents() const { return documents_; }

  [[nodiscard]] bool is_full() const { return is_full_; }
  // Batches were taken out.
  void MakeRoom() { is_full_ = false; }
  // All of them were.
  void Emptied() { has_told_full_ = false; }

  // Syncs where that is due, and tries a full disk again.
  void Poll(Time now);
  [[nodiscard]] std::optional<Time> NextTime() const;
  // Both call `done` in the event loop.
  void Sync(std::function<void(Result<void>)> done);

 private:
  void Told(std::shared_ptr<const RemoteSink::Returned> batch, const Result<bool>& result);
  void ReportFull(const std::string& why);

  SpoolQueue& spool_;
  WhenFull when_full_;
  spool::Reports reports_;
  std::vector<Kept> kept_;
  uint64_t documents_ = 0;
  bool is_full_ = false;
  bool has_told_full_ = false;
  bool is_unsynced_ = false;
  bool is_syncing_ = false;
  Time retry_at_{};
  Time synced_at_{};
};

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_SPOOL_KEEPER_H_
