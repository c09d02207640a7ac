// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/ordered_spool_sink.h"

#include <algorithm>
#include <utility>

namespace espcap::sink {
namespace {

// A live batch waits so long for brokers that are slow: rings hold what comes meanwhile.
constexpr std::chrono::seconds kPatience{1};

ServerState StateOf(const RemoteSink& server) {
  if (server.Away()) return ServerState::kAway;
  return server.Ready() ? ServerState::kReady : ServerState::kBusy;
}

bool IsOwn(uint32_t slot) { return !SpoolDrain::Owns(slot); }

}  // namespace

OrderedSpoolSink::OrderedSpoolSink(base::EventLoop& loop, std::unique_ptr<RemoteSink> server,
                                   std::unique_ptr<SpoolQueue> spool, spool::Contents contents,
                                   WhenFull when_full, const spool::Reports& reports,
                                   DeliveryStats& stats)
    : server_(std::move(server)),
      spool_(std::move(spool)),
      when_full_(when_full),
      stats_(stats),
      keeper_(*spool_, when_full, reports),
      drain_(*server_, *spool_, contents, reports.error),
      timer_(loop, [] {}),
      recovered_(spool_->numbers().documents + spool_->numbers().lost_documents) {}

Placement OrderedSpoolSink::PlaceNext() const {
  if (closing_) return at_server_.empty() ? Placement::kSpool : Placement::kWait;
  const bool is_spool_empty = drain_.IsEmpty() && !is_keeping_;
  return PlaceInOrder(StateOf(*server_), when_full_,
                      {is_spool_empty, is_diverted_, !at_server_.empty()});
}

// One may wait here: then it is known that brokers are too slow for what is live.
bool OrderedSpoolSink::Ready() const {
  if (closing_) return !keeper_.is_full();
  if (!line_.empty()) return false;
  return when_full_ == WhenFull::kDropNewest || PlaceNext() == Placement::kServer ||
         (PlaceNext() == Placement::kSpool && !keeper_.is_full());
}

bool OrderedSpoolSink::Idle() const {
  return line_.empty() && !is_keeping_ && server_->Idle() && drain_.Idle() && drain_.IsEmpty() &&
         spool_->pending() == 0;
}

// The server has a batch of the spool even while it is away.
bool OrderedSpoolSink::RestIsSafe() const {
  return server_->Away() && line_.empty() && !is_keeping_ && at_server_.empty() &&
         spool_->pending() == 0;
}

Result<void> OrderedSpoolSink::Submit(Batch batch, Ledger& ledger) {
  CountNews(ledger);
  if (batch.empty()) {
    Settle(batch.slot, Delivery::kAcknowledged);
    return {};
  }
  line_.push_back({std::move(batch), nullptr});
  return Advance(ledger);
}

Result<void> OrderedSpoolSink::Advance(Ledger& ledger) {
  while (!line_.empty()) {
    const Placement placement = PlaceNext();
    const bool to_spool = placement == Placement::kSpool;
    if (placement == Placement::kWait || (to_spool && is_keeping_)) return {};
    if (to_spool && keeper_.is_full()) {
      if (!closing_ && when_full_ == WhenFull::kBlock) return {};
      Lose(closing_ ? &Ledger::abandoned : &Ledger::dropped, ledger);
      continue;
    }
    Returned next = std::move(line_.front());
    line_.pop_front();
    reclaimed_ -= std::min<size_t>(reclaimed_, 1);
    waits_since_.reset();
    if (to_spool) {
      is_keeping_ = true;
      keeper_.Keep(std::move(next));
      return {};
    }
    Batch batch = next.batch;
    at_server_.emplace(batch.slot, std::move(next));
    if (auto submitted = server_->Submit(std::move(batch), ledger); !submitted) return submitted;
  }
  return {};
}

// The one that is next.
void OrderedSpoolSink::Lose(uint64_t Ledger::*as, Ledger& ledger) {
  ledger.*as += PacketsOf(line_.front().batch.documents);
  Settle(line_.front().batch.slot, Delivery::kFailed);
  line_.pop_front();
  reclaimed_ -= std::min<size_t>(reclaimed_, 1);
}

Result<void> OrderedSpoolSink::Poll(Ledger& ledger) {
  const auto now = std::chrono::steady_clock::now();
  CountNews(ledger);
  if (auto polled = server_->Poll(ledger); !polled) return polled;
  SettleBatches();
  if (drain_.ConsumeMadeRoom()) keeper_.MakeRoom();
  Divert(now);
  if (closing_ || is_diverted_) ReclaimOwn();
  if (auto advanced = Advance(ledger); !advanced) return advanced;
  if (!closing_ && (!server_->Away() || server_->Idle())) {
    if (auto sent = drain_.Poll(ledger, now); !sent) return sent;
  }
  if (drain_.IsEmpty()) keeper_.Emptied();
  keeper_.Poll(now);
  if (line_.empty()) {
    waits_since_.reset();
  } else if (!waits_since_) {
    waits_since_ = now;
  }
  std::optional<Time> next = keeper_.NextTime();
  if (server_->Ready() && drain_.NextTime()) {
    next = std::min(next.value_or(Time::max()), *drain_.NextTime());
  }
  if (waits_since_ && when_full_ == WhenFull::kDropNewest) {
    next = std::min(next.value_or(Time::max()), *waits_since_ + kPatience);
  }
  // What is due already waits for something else than time.
  next&&* next > now ? timer_.Set(*next) : timer_.Cancel();
  stats_.spool = SpoolStats{spool_->numbers().bytes, spool_->max_bytes(),
                            spool_->numbers().documents, keeper_.is_full()};
  SetHoldsSpooled(spool_->numbers().documents > 0 || spool_->pending() > 0 || !drain_.Idle());
  return closing_ ? FinishClosing(ledger) : Result<void>();
}

void OrderedSpoolSink::Divert(Time now) {
  const bool is_live = when_full_ == WhenFull::kDropNewest;
  if (server_->Away() || (is_live && waits_since_ && now >= *waits_since_ + kPatience)) {
    is_diverted_ = true;
  } else if (line_.empty() && drain_.IsEmpty() && !is_keeping_) {
    is_diverted_ = false;
  }
}

// They are older than all that is in line, but for those that came back before.
void OrderedSpoolSink::ReclaimOwn() {
  for (Returned& batch : server_->Reclaim(IsOwn)) {
    const auto before = at_server_.extract(batch.batch.slot);
    if (!before.empty()) {
      batch.delivery = std::min(batch.delivery, before.mapped().delivery);
      if (batch.text == nullptr) batch.text = before.mapped().text;  // it still borrows from there
    }
    line_.insert(line_.begin() + static_cast<std::ptrdiff_t>(reclaimed_++), std::move(batch));
  }
}

void OrderedSpoolSink::SettleBatches() {
  for (const DeliveryEvent& event : server_->DrainEvents()) {
    if (SpoolDrain::Owns(event.slot)) {
      drain_.Settle(event.slot, event.delivery != Delivery::kFailed);
      continue;
    }
    const auto before = at_server_.extract(event.slot);
    Settle(event.slot,
           before.empty() ? event.delivery : std::min(event.delivery, before.mapped().delivery));
  }
  for (const SpoolKeeper::Kept& kept : keeper_.DrainKept()) {
    is_keeping_ = false;
    if (kept.is_in_spool) {
      drain_.Appended();
      Settle(kept.batch->batch.slot, std::min(kept.batch->delivery, Delivery::kSpooled));
    } else {
      line_.push_front(*kept.batch);
      ++reclaimed_;
    }
  }
}

void OrderedSpoolSink::Sync(SyncDone done) {
  server_->Sync([this, done = std::move(done)](Result<void> synced) {
    if (!synced) return done(std::move(synced));
    keeper_.Sync(done);
  });
}

void OrderedSpoolSink::Close() {
  closing_ = true;
  server_->StopSending();
}

Result<void> OrderedSpoolSink::FinishClosing(Ledger& ledger) {
  if (synced_) {
    if (!std::exchange(is_counted_, true)) {
      ledger.spooled = spool_->numbers().documents - drain_.counted_documents();
    }
    return std::exchange(*synced_, {});
  }
  for (const Returned& batch : server_->Reclaim(SpoolDrain::Owns)) {
    drain_.Reclaim(batch.batch.slot, PacketsOf(batch.batch.documents));
  }
  const bool is_kept =
      line_.empty() && !is_keeping_ && server_->Idle() && drain_.Idle() && spool_->pending() == 0;
  if (!is_kept || std::exchange(is_syncing_, true)) return {};
  Sync([this](Result<void> synced) { synced_ = std::move(synced); });
  return {};
}

void OrderedSpoolSink::GiveUp(Ledger& ledger) {
  ledger.abandoned += keeper_.documents();
  for (const SpoolKeeper::Kept& kept : keeper_.DrainKept()) {
    if (!kept.is_in_spool) ledger.abandoned += PacketsOf(kept.batch->batch.documents);
  }
  while (!line_.empty()) Lose(&Ledger::abandoned, ledger);
  server_->GiveUp(ledger);
  drain_.GiveUp();
  if (std::exchange(is_counted_, true)) return;
  ledger.spooled = spool_->numbers().documents - drain_.counted_documents();
}

void OrderedSpoolSink::CountNews(Ledger& ledger) {
  ledger.recovered += std::exchange(recovered_, 0);
  const uint64_t lost = spool_->numbers().lost_documents;
  ledger.failed += lost - std::exchange(lost_, lost);
}

}  // namespace espcap::sink
