// SPDX-License-Identifier: GPL-2.0-or-later
//
// A server with a spool before it: batches that the server can't take go to disk, and from there,
// oldest first, to the server as soon as it can. What is still on disk at the end is the next
// run's. Where the spool is full too, files wait, and what an interface brings is dropped and
// counted. One thread calls it; the disk is the write thread's.
#ifndef ESPCAP_SINK_SPOOL_SINK_H_
#define ESPCAP_SINK_SPOOL_SINK_H_

#include <memory>

#include "sink/spooling_sink.h"

namespace espcap::sink {

class SpoolSink : public SpoolingSink {
 public:
  SpoolSink(base::EventLoop& loop, std::unique_ptr<RemoteSink> server,
            std::unique_ptr<SpoolQueue> spool, WhenFull when_full, const spool::Reports& reports,
            DeliveryStats& stats);

  [[nodiscard]] bool Ready() const override;
  [[nodiscard]] bool Idle() const override;
  [[nodiscard]] bool RestIsSafe() const override;
  Result<void> Submit(Batch batch, Ledger& ledger) override;
  Result<void> Poll(Ledger& ledger) override;

 private:
  Result<void> SettleKept(Ledger& ledger);
  Result<void> NotKept(const Returned& batch, Ledger& ledger);
  void ReclaimAll(Ledger& ledger);
};

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_SPOOL_SINK_H_
