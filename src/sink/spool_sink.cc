// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/spool_sink.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace espcap::sink {
namespace {

ServerState StateOf(const RemoteSink& server) {
  if (server.Away()) return ServerState::kAway;
  return server.Ready() ? ServerState::kReady : ServerState::kBusy;
}

void Show(const SpoolQueue& spool, const SpoolKeeper& keeper, DeliveryStats& stats) {
  stats.spool = SpoolStats{spool.numbers().bytes, spool.max_bytes(), spool.numbers().documents,
                           keeper.is_full()};
}

}  // namespace

SpoolSink::SpoolSink(base::EventLoop& loop, std::unique_ptr<RemoteSink> server,
                     std::unique_ptr<SpoolQueue> spool, WhenFull when_full,
                     const spool::Reports& reports, DeliveryStats& stats)
    : server_(std::move(server)),
      spool_(std::move(spool)),
      when_full_(when_full),
      stats_(stats),
      keeper_(*spool_, when_full, reports),
      drain_(*server_, *spool_, spool::Contents::kDocuments, reports.error),
      timer_(loop, [] {}),
      recovered_(spool_->numbers().documents + spool_->numbers().lost_documents) {
  Show(*spool_, keeper_, stats_);
}

bool SpoolSink::Ready() const {
  if (closing_) return !keeper_.is_full();
  switch (Place(StateOf(*server_), when_full_)) {
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
  if (!closing_ && Place(StateOf(*server_), when_full_) == Placement::kServer) {
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
  HandleServerEvents();
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
  std::optional<SpoolKeeper::Time> next = keeper_.NextTime();
  if (!server_->Away() && server_->Ready() && drain_.NextTime()) {
    next = std::min(next.value_or(SpoolKeeper::Time::max()), *drain_.NextTime());
  }
  // What is due already waits for something else than time.
  next&&* next > now ? timer_.Set(*next) : timer_.Cancel();
  Show(*spool_, keeper_, stats_);
  SetHoldsSpooled(spool_->numbers().documents > 0 || spool_->pending() > 0 || !drain_.Idle());
  return closing_ ? FinishClosing(ledger) : Result<void>();
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
  put_back_.emplace(slot, batch);
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
  for (const Returned& batch : server_->Reclaim(SpoolDrain::Owns)) {
    drain_.Reclaim(batch.batch.slot, batch.batch.documents.size());
  }
}

std::vector<SpoolSink::Returned> SpoolSink::ReclaimOwn() {
  auto returned = server_->Reclaim([](uint32_t slot) { return !SpoolDrain::Owns(slot); });
  for (Returned& batch : returned) {
    const auto before = put_back_.extract(batch.batch.slot);
    if (before.empty()) continue;
    batch.delivery = std::min(batch.delivery, before.mapped().delivery);
    if (batch.text->empty()) batch.text = before.mapped().text;  // it still borrows from there
  }
  return returned;
}

void SpoolSink::HandleServerEvents() {
  for (const DeliveryEvent& event : server_->DrainEvents()) {
    if (SpoolDrain::Owns(event.slot)) {
      drain_.Settle(event.slot, event.delivery != Delivery::kFailed);
      continue;
    }
    const auto before = put_back_.extract(event.slot);
    Settle(event.slot,
           before.empty() ? event.delivery : std::min(event.delivery, before.mapped().delivery));
  }
}

void SpoolSink::Sync(SyncDone done) {
  server_->Sync([this, done = std::move(done)](Result<void> synced) {
    if (!synced) return done(std::move(synced));
    keeper_.Sync(done);
  });
}

void SpoolSink::Close() {
  closing_ = true;
  server_->StopSending();
}

Result<void> SpoolSink::FinishClosing(Ledger& ledger) {
  if (synced_) {
    CountSpooled(ledger);
    return std::exchange(*synced_, {});
  }
  const bool is_kept = server_->Idle() && drain_.Idle() && spool_->pending() == 0;
  if (!is_kept || std::exchange(is_syncing_, true)) return {};
  Sync([this](Result<void> synced) { synced_ = std::move(synced); });
  return {};
}

void SpoolSink::GiveUp(Ledger& ledger) {
  ledger.abandoned += keeper_.documents();
  for (const SpoolKeeper::Kept& kept : keeper_.DrainKept()) {
    if (!kept.is_in_spool) ledger.abandoned += kept.batch->batch.documents.size();
  }
  server_->GiveUp(ledger);
  drain_.GiveUp();
  CountSpooled(ledger);
}

void SpoolSink::CountNews(Ledger& ledger) {
  ledger.recovered += std::exchange(recovered_, 0);
  const uint64_t lost = spool_->numbers().lost_documents;
  ledger.failed += lost - std::exchange(lost_, lost);
}

void SpoolSink::CountSpooled(Ledger& ledger) {
  if (std::exchange(is_counted_, true)) return;
  ledger.spooled = spool_->numbers().documents - drain_.counted_documents();
}

}  // namespace espcap::sink
