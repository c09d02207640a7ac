// SPDX-License-Identifier: GPL-2.0-or-later
//
// A server with a spool before it: what follows alike, in whatever order batches go. One thread
// calls it; the disk is the write thread's.
#ifndef ESPCAP_SINK_SPOOLING_SINK_H_
#define ESPCAP_SINK_SPOOLING_SINK_H_

#include <cstdint>
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

class SpoolingSink : public Sink {
 public:
  [[nodiscard]] bool MayBegin() const override { return server_->MayBegin(); }
  [[nodiscard]] bool WorthWaiting() const override { return !server_->Away(); }
  void Close() override;
  [[nodiscard]] bool Closed() const override { return is_counted_; }
  void GiveUp(Ledger& ledger) override;
  void Sync(SyncDone done) override;

 protected:
  using Returned = RemoteSink::Returned;
  using Time = SpoolKeeper::Time;

  // The loop is borrowed, as `stats` is, which is kept up to date.
  SpoolingSink(base::EventLoop& loop, std::unique_ptr<RemoteSink> server,
               std::unique_ptr<SpoolQueue> spool, spool::Contents contents, WhenFull when_full,
               const spool::Reports& reports, DeliveryStats& stats);

  [[nodiscard]] ServerState StateOfServer() const;
  // What earlier runs have left, and what of it could not be read back.
  void CountNews(Ledger& ledger);
  void SettleServerEvents();
  // What the server has and hasn't settled. Text that it was given is kept with it.
  std::vector<Returned> ReclaimOwn();
  void ReclaimSpooled();
  // At the end of a turn: what shows, and when the next one is due by time alone.
  void EndTurn(std::optional<Time> next, Time now);
  // `is_kept`: no batch is anywhere but on disk. Synced and counted then.
  Result<void> FinishClosing(bool is_kept, Ledger& ledger);

  std::unique_ptr<RemoteSink> server_;
  std::unique_ptr<SpoolQueue> spool_;
  WhenFull when_full_;
  SpoolKeeper keeper_;
  SpoolDrain drain_;
  // At the server, by slot: what became of their documents before, and their text.
  std::unordered_map<uint32_t, Returned> at_server_;
  bool closing_ = false;

 private:
  void CountSpooled(Ledger& ledger);
  void Show();

  DeliveryStats& stats_;
  base::EventLoop::Timer timer_;
  uint64_t recovered_;       // not counted yet
  uint64_t lost_ = 0;        // counted
  bool is_syncing_ = false;  // for the last time
  std::optional<Result<void>> synced_;
  bool is_counted_ = false;  // what stays in the spool
};

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_SPOOLING_SINK_H_
