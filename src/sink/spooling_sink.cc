// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/spooling_sink.h"

#include <algorithm>
#include <utility>

namespace espcap::sink {

SpoolingSink::SpoolingSink(base::EventLoop& loop, std::unique_ptr<RemoteSink> server,
                           std::unique_ptr<SpoolQueue> spool, spool::Contents contents,
                           WhenFull when_full, const spool::Reports& reports, DeliveryStats& stats)
    : server_(std::move(server)),
      spool_(std::move(spool)),
      when_full_(when_full),
      keeper_(*spool_, when_full, reports),
      drain_(*server_, *spool_, contents, reports.error),
      stats_(stats),
      timer_(loop, [] {}),
      recovered_(spool_->numbers().documents + spool_->numbers().lost_documents) {
  Show();
}

ServerState SpoolingSink::StateOfServer() const {
  if (server_->Away()) return ServerState::kAway;
  return server_->Ready() ? ServerState::kReady : ServerState::kBusy;
}

void SpoolingSink::CountNews(Ledger& ledger) {
  ledger.recovered += std::exchange(recovered_, 0);
  const uint64_t lost = spool_->numbers().lost_documents;
  ledger.failed += lost - std::exchange(lost_, lost);
}

void SpoolingSink::SettleServerEvents() {
  for (const DeliveryEvent& event : server_->DrainEvents()) {
    if (SpoolDrain::Owns(event.slot)) {
      drain_.Settle(event.slot, event.delivery != Delivery::kFailed);
      continue;
    }
    const auto before = at_server_.extract(event.slot);
    Settle(event.slot,
           before.empty() ? event.delivery : std::min(event.delivery, before.mapped().delivery));
  }
}

std::vector<SpoolingSink::Returned> SpoolingSink::ReclaimOwn() {
  auto returned = server_->Reclaim([](uint32_t slot) { return !SpoolDrain::Owns(slot); });
  for (Returned& batch : returned) {
    const auto before = at_server_.extract(batch.batch.slot);
    if (before.empty()) continue;
    batch.delivery = std::min(batch.delivery, before.mapped().delivery);
    // It still borrows from there.
    if (batch.text == nullptr || batch.text->empty()) batch.text = before.mapped().text;
  }
  return returned;
}

void SpoolingSink::ReclaimSpooled() {
  for (const Returned& batch : server_->Reclaim(SpoolDrain::Owns)) {
    drain_.Reclaim(batch.batch.slot, PacketsOf(batch.batch.documents));
  }
}

void SpoolingSink::EndTurn(std::optional<Time> next, Time now) {
  // What is due already waits for something else than time.
  next&&* next > now ? timer_.Set(*next) : timer_.Cancel();
  Show();
  SetHoldsSpooled(spool_->numbers().documents > 0 || spool_->pending() > 0 || !drain_.Idle());
}

void SpoolingSink::Sync(SyncDone done) {
  server_->Sync([this, done = std::move(done)](Result<void> synced) {
    if (!synced) return done(std::move(synced));
    keeper_.Sync(done);
  });
}

void SpoolingSink::Close() {
  closing_ = true;
  server_->StopSending();
}

Result<void> SpoolingSink::FinishClosing(bool is_kept, Ledger& ledger) {
  if (synced_) {
    CountSpooled(ledger);
    return std::exchange(*synced_, {});
  }
  const bool is_over = is_kept && server_->Idle() && drain_.Idle() && spool_->pending() == 0;
  if (!is_over || std::exchange(is_syncing_, true)) return {};
  Sync([this](Result<void> synced) { synced_ = std::move(synced); });
  return {};
}

void SpoolingSink::GiveUp(Ledger& ledger) {
  ledger.abandoned += keeper_.documents();
  for (const SpoolKeeper::Kept& kept : keeper_.DrainKept()) {
    if (!kept.is_in_spool) ledger.abandoned += PacketsOf(kept.batch->batch.documents);
  }
  server_->GiveUp(ledger);
  drain_.GiveUp();
  CountSpooled(ledger);
}

void SpoolingSink::CountSpooled(Ledger& ledger) {
  if (std::exchange(is_counted_, true)) return;
  ledger.spooled = spool_->numbers().documents - drain_.counted_documents();
}

void SpoolingSink::Show() {
  stats_.spool = SpoolStats{spool_->numbers().bytes, spool_->max_bytes(),
                            spool_->numbers().documents, keeper_.is_full()};
}

}  // namespace espcap::sink
