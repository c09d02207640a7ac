// SPDX-License-Identifier: GPL-2.0-or-later
//
// A server with a spool before it: batches that the server can't take go to disk, and from there,
// oldest first, to the server as soon as it can. What is still on disk at the end is the next
// run's. Where the spool is full too, files wait, and what an interface brings is dropped and
// counted. One thread.
#ifndef ESPCAP_SINK_SPOOL_SINK_H_
#define ESPCAP_SINK_SPOOL_SINK_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "espcap/delivery_stats.h"
#include "espcap/remote_sink.h"
#include "sink/placement.h"
#include "spool/spool.h"

namespace espcap::sink {

class SpoolSink : public Sink {
 public:
  struct Options {
    WhenFull when_full = WhenFull::kBlock;
    uint64_t spool_bytes = 0;  // at most, as the spool knows it: to be shown
  };
  struct Reports {
    std::function<void(const std::string&)> warn;
    std::function<void(const std::string&)> report;  // errors
  };

  // `stats` is borrowed and kept up to date.
  SpoolSink(std::unique_ptr<RemoteSink> server, std::unique_ptr<spool::Spool> spool,
            Options options, Reports reports, DeliveryStats& stats);

  [[nodiscard]] bool Ready() const override;
  [[nodiscard]] bool Idle() const override;
  [[nodiscard]] bool WorthWaiting() const override { return !server_->Away(); }
  [[nodiscard]] bool RestIsSafe() const override {
    return server_->Away() && server_->Idle() && from_spool_.empty();
  }
  Result<void> Submit(Batch batch, Ledger& ledger) override;
  Result<void> Poll(Ledger& ledger) override;
  Result<void> Close(Ledger& ledger) override;
  Result<void> Sync() override;

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] ServerState State() const;
  bool Keep(const Batch& batch);
  void TellFull(const std::string& why);
  void TakeServerEvents();
  void SettleAtServer(uint32_t slot, bool delivered);
  void SettleSpooled(const spool::SpooledBatch& batch, bool delivered);
  Result<void> SendSpooled(Ledger& ledger);
  void TakeBackWaiting();
  void CountRecovered(Ledger& ledger);
  void CountLosses(Ledger& ledger);
  void Show();

  std::unique_ptr<RemoteSink> server_;
  std::unique_ptr<spool::Spool> spool_;
  Options options_;
  Reports reports_;
  DeliveryStats& stats_;

  std::unordered_map<uint32_t, spool::SpooledBatch> from_spool_;  // at the server, by slot
  uint32_t next_spool_slot_ = 0;
  uint64_t recovered_;             // not counted yet
  uint64_t lost_ = 0;              // counted
  uint64_t counted_in_spool_ = 0;  // of batches that stay there as a whole: counted otherwise
  bool is_full_ = false;
  bool told_full_ = false;
  bool is_drained_ = false;  // everything in it has been given out
  bool unsynced_ = false;
  bool closing_ = false;
  Clock::time_point retry_at_{};
  Clock::time_point synced_at_{};
};

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_SPOOL_SINK_H_
