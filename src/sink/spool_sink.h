// SPDX-License-Identifier: GPL-2.0-or-later
//
// A server with a spool before it: batches that the server can't take go to disk, and from there,
// oldest first, to the server as soon as it can. What is still on disk at the end is the next
// run's. Where the spool is full too, files wait, and what an interface brings is dropped and
// counted. One thread calls it; the disk is the write thread's.
#ifndef ESPCAP_SINK_SPOOL_SINK_H_
#define ESPCAP_SINK_SPOOL_SINK_H_

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

class SpoolSink : public Sink {
 public:
  // The loop is borrowed, as `stats` is, which is kept up to date.
  SpoolSink(base::EventLoop& loop, std::unique_ptr<RemoteSink> server,
            std::unique_ptr<SpoolQueue> spool, WhenFull when_full, const spool::Reports& reports,
            DeliveryStats& stats);

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

  Result<void> SettleKept(Ledger& ledger);
  Result<void> NotKept(const Returned& batch, Ledger& ledger);
  void ReclaimAll(Ledger& ledger);
  Result<void> FinishClosing(Ledger& ledger);
  std::vector<Returned> ReclaimOwn();
  void HandleServerEvents();
  void CountNews(Ledger& ledger);
  void CountSpooled(Ledger& ledger);

  std::unique_ptr<RemoteSink> server_;
  std::unique_ptr<SpoolQueue> spool_;
  WhenFull when_full_;
  DeliveryStats& stats_;
  SpoolKeeper keeper_;
  SpoolDrain drain_;
  base::EventLoop::Timer timer_;  // something is due by time alone

  std::unordered_map<uint32_t, Returned> put_back_;  // at the server once more, by slot
  uint64_t recovered_;                               // not counted yet
  uint64_t lost_ = 0;                                // counted
  bool closing_ = false;
  bool is_syncing_ = false;  // for the last time
  std::optional<Result<void>> synced_;
  bool is_counted_ = false;  // what stays in the spool
};

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_SPOOL_SINK_H_
