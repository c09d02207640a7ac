// SPDX-License-Identifier: GPL-2.0-or-later
//
// A topic with a spool before it, where batches keep their order. While the brokers take what
// comes, nothing touches the disk. Once they are away, or what is live has waited too long, what
// they have not acknowledged goes to disk, and then all that follows, until the disk is empty
// again. What is still there at the end is the next run's, and sent first. Where the spool is full
// too, files wait, and what an interface brings is dropped and counted. One thread calls it; the
// disk is the write thread's.
#ifndef ESPCAP_SINK_ORDERED_SPOOL_SINK_H_
#define ESPCAP_SINK_ORDERED_SPOOL_SINK_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/event_loop.h"
#include "espcap/delivery_stats.h"
#include "espcap/remote_sink.h"
#include "sink/placement.h"
#include "sink/spool_drain.h"
#include "sink/spool_keeper.h"
#include "sink/spool_queue.h"

namespace espcap::sink {

class OrderedSpoolSink : public Sink {
 public:
  // The loop is borrowed, as `stats` is, which is kept up to date. A server that is away and has
  // nothing is given a batch all the same: so it is known whether it is back.
  OrderedSpoolSink(base::EventLoop& loop, std::unique_ptr<RemoteSink> server,
                   std::unique_ptr<SpoolQueue> spool, spool::Contents contents, WhenFull when_full,
                   const spool::Reports& reports, DeliveryStats& stats);

  [[nodiscard]] bool MayBegin() const override { return server_->MayBegin(); }
  [[nodiscard]] bool Ready() const override;
  [[nodiscard]] bool Idle() const override;
  [[nodiscard]] bool WorthWaiting() const override { return !server_->Away(); }
  [[nodiscard]] bool RestIsSafe() const override;
  Result<void> Submit(Batch batch, Ledger& ledger) override;
  Result<void> Poll(Ledger& ledger) override;
  void Close() override;
  [[nodiscard]] bool Closed() const override { return is_counted_; }
  void GiveUp(Ledger& ledger) override;
  void Sync(SyncDone done) override;

 private:
  using Returned = RemoteSink::Returned;
  using Time = std::chrono::steady_clock::time_point;

  [[nodiscard]] Placement PlaceNext() const;
  // What is in line goes where it can.
  Result<void> Advance(Ledger& ledger);
  void Lose(uint64_t Ledger::*as, Ledger& ledger);
  void SettleBatches();
  void Divert(Time now);
  // What the server has goes back into the line.
  void ReclaimOwn();
  void CountNews(Ledger& ledger);
  Result<void> FinishClosing(Ledger& ledger);

  std::unique_ptr<RemoteSink> server_;
  std::unique_ptr<SpoolQueue> spool_;
  WhenFull when_full_;
  DeliveryStats& stats_;
  SpoolKeeper keeper_;
  SpoolDrain drain_;
  base::EventLoop::Timer timer_;  // something is due by time alone

  std::deque<Returned> line_;  // neither at the server nor on disk, oldest first
  size_t reclaimed_ = 0;       // of them, at its front
  std::optional<Time> waits_since_;
  std::unordered_map<uint32_t, Returned> at_server_;  // that were not on disk, by slot
  bool is_keeping_ = false;                           // one is on its way to the disk
  bool is_diverted_ = false;

  uint64_t recovered_;  // not counted yet
  uint64_t lost_ = 0;   // counted
  bool closing_ = false;
  bool is_syncing_ = false;  // for the last time
  std::optional<Result<void>> synced_;
  bool is_counted_ = false;  // what stays in the spool
};

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_ORDERED_SPOOL_SINK_H_
