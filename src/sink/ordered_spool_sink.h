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

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "sink/spooling_sink.h"

namespace espcap::sink {

class OrderedSpoolSink : public SpoolingSink {
 public:
  // A server that is away and has nothing is given a batch all the same: so it is known whether it
  // is back.
  OrderedSpoolSink(base::EventLoop& loop, std::unique_ptr<RemoteSink> server,
                   std::unique_ptr<SpoolQueue> spool, spool::Contents contents, WhenFull when_full,
                   const spool::Reports& reports, DeliveryStats& stats);

  [[nodiscard]] bool Ready() const override;
  [[nodiscard]] bool Idle() const override;
  [[nodiscard]] bool RestIsSafe() const override;
  Result<void> Submit(Batch batch, Ledger& ledger) override;
  Result<void> Poll(Ledger& ledger) override;
  void GiveUp(Ledger& ledger) override;

 private:
  [[nodiscard]] Placement PlaceNext() const;
  [[nodiscard]] LineState StateOfLine() const;
  // What is in line goes where it can.
  Result<void> Advance(Ledger& ledger);
  void Lose(uint64_t Ledger::*as, Ledger& ledger);
  void SettleKept();
  void Divert(Time now);
  // What the server has goes back into the line.
  void ReclaimIntoLine();

  std::deque<Returned> line_;  // neither at the server nor on disk, oldest first
  size_t reclaimed_ = 0;       // of them, at its front
  std::optional<Time> waits_since_;
  bool is_keeping_ = false;  // one is on its way to the disk
  bool is_diverted_ = false;
};

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_ORDERED_SPOOL_SINK_H_
