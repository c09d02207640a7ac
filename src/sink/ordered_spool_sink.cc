// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/ordered_spool_sink.h"

#include <algorithm>
#include <utility>

namespace espcap::sink {
namespace {

// A live batch waits so long for brokers that are slow: rings hold what comes meanwhile.
constexpr std::chrono::seconds kPatience{1};

}  // namespace

OrderedSpoolSink::OrderedSpoolSink(base::EventLoop& loop, std::unique_ptr<RemoteSink> server,
                                   std::unique_ptr<SpoolQueue> spool, spool::Contents contents,
                                   WhenFull when_full, const spool::Reports& reports,
                                   DeliveryStats& stats)
    : SpoolingSink(loop, std::move(server), std::move(spool), contents, when_full, reports, stats) {
}

Placement OrderedSpoolSink::PlaceNext() const {
  if (closing_) return at_server_.empty() ? Placement::kSpool : Placement::kWait;
  return PlaceInOrder(StateOfServer(), when_full_, StateOfLine());
}

LineState OrderedSpoolSink::StateOfLine() const {
  return {drain_.IsEmpty() && !is_keeping_, is_diverted_, !at_server_.empty()};
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
  SettleServerEvents();
  SettleKept();
  if (drain_.ConsumeMadeRoom()) keeper_.MakeRoom();
  Divert(now);
  if (closing_ || is_diverted_) ReclaimIntoLine();
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
  EndTurn(next, now);
  if (!closing_) return {};
  ReclaimSpooled();
  return FinishClosing(line_.empty() && !is_keeping_, ledger);
}

void OrderedSpoolSink::Divert(Time now) {
  const bool is_slow =
      when_full_ == WhenFull::kDropNewest && waits_since_ && now >= *waits_since_ + kPatience;
  is_diverted_ = IsDiverted(server_->Away() || is_slow, !line_.empty(), StateOfLine());
}

// They are older than all that is in line, but for those that came back before.
void OrderedSpoolSink::ReclaimIntoLine() {
  for (Returned& batch : ReclaimOwn()) {
    line_.insert(line_.begin() + static_cast<std::ptrdiff_t>(reclaimed_++), std::move(batch));
  }
}

void OrderedSpoolSink::SettleKept() {
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

void OrderedSpoolSink::GiveUp(Ledger& ledger) {
  while (!line_.empty()) Lose(&Ledger::abandoned, ledger);
  SpoolingSink::GiveUp(ledger);
}

}  // namespace espcap::sink
