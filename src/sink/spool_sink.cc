// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/spool_sink.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace espcap::sink {

SpoolSink::SpoolSink(base::EventLoop& loop, std::unique_ptr<RemoteSink> server,
                     std::unique_ptr<SpoolQueue> spool, WhenFull when_full,
                     const spool::Reports& reports, DeliveryStats& stats)
    : SpoolingSink(loop, std::move(server), std::move(spool), spool::Contents::kDocuments,
                   when_full, reports, stats) {}

bool SpoolSink::Ready() const {
  if (closing_) return !keeper_.is_full();
  switch (Place(StateOfServer(), when_full_)) {
    case Placement::kServer:
      return true;
    case Placement::kSpool:
      return !keeper_.is_full() || when_full_ == WhenFull::kDropNewest;
    case Placement::kWait:
      return false;
  }
  return false;
}

bool SpoolSink::Idle() const {
  return server_->Idle() && drain_.Idle() && drain_.IsEmpty() && spool_->pending() == 0;
}

bool SpoolSink::RestIsSafe() const {
  return server_->Away() && server_->Idle() && drain_.Idle() && spool_->pending() == 0;
}

Result<void> SpoolSink::Submit(Batch batch, Ledger& ledger) {
  CountNews(ledger);
  if (batch.empty()) {
    Settle(batch.slot, Delivery::kAcknowledged);
    return {};
  }
  if (!closing_ && Place(StateOfServer(), when_full_) == Placement::kServer) {
    return server_->Submit(std::move(batch), ledger);
  }
  Returned kept{std::move(batch), nullptr};
  if (keeper_.is_full()) return NotKept(kept, ledger);
  keeper_.Keep(std::move(kept));
  return {};
}

Result<void> SpoolSink::Poll(Ledger& ledger) {
  const auto now = std::chrono::steady_clock::now();
  CountNews(ledger);
  auto polled = server_->Poll(ledger);
  SettleServerEvents();
  if (polled) polled = SettleKept(ledger);
  if (!polled) return polled;
  if (drain_.ConsumeMadeRoom()) keeper_.MakeRoom();
  if (closing_) {
    ReclaimAll(ledger);
  } else if (server_->Away()) {
    // What the server holds is kept on disk: it may be away for long.
    if (!keeper_.is_full()) {
      for (Returned& batch : ReclaimOwn()) keeper_.Keep(std::move(batch));
    }
  } else if (auto sent = drain_.Poll(ledger, now); !sent) {
    return sent;
  }
  if (drain_.IsEmpty()) keeper_.Emptied();
  keeper_.Poll(now);
  std::optional<Time> next = keeper_.NextTime();
  if (!server_->Away() && server_->Ready() && drain_.NextTime()) {
    next = std::min(next.value_or(Time::max()), *drain_.NextTime());
  }
  EndTurn(next, now);
  return closing_ ? FinishClosing(true, ledger) : Result<void>();
}

Result<void> SpoolSink::SettleKept(Ledger& ledger) {
  for (const SpoolKeeper::Kept& kept : keeper_.DrainKept()) {
    if (kept.is_in_spool) {
      drain_.Appended();
      Settle(kept.batch->batch.slot, std::min(kept.batch->delivery, Delivery::kSpooled));
    } else if (auto done = NotKept(*kept.batch, ledger); !done) {
      return done;
    }
  }
  return {};
}

// Files wait at the server, in their own memory.
Result<void> SpoolSink::NotKept(const Returned& batch, Ledger& ledger) {
  const uint32_t slot = batch.batch.slot;
  if (closing_ || when_full_ == WhenFull::kDropNewest) {
    (closing_ ? ledger.abandoned : ledger.dropped) += batch.batch.documents.size();
    Settle(slot, Delivery::kFailed);
    return {};
  }
  at_server_.emplace(slot, batch);
  return server_->Submit(batch.batch, ledger);
}

void SpoolSink::ReclaimAll(Ledger& ledger) {
  for (Returned& batch : ReclaimOwn()) {
    if (keeper_.is_full()) {
      static_cast<void>(NotKept(batch, ledger));
    } else {
      keeper_.Keep(std::move(batch));
    }
  }
  ReclaimSpooled();
}

}  // namespace espcap::sink
