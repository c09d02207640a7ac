// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/spool_sink.h"

#include <fmt/format.h>

#include <algorithm>

namespace espcap::sink {
namespace {

using std::chrono::seconds;

// The server's sink knows spooled batches by slots of their own.
constexpr uint32_t kFirstSpoolSlot = uint32_t{1} << 31U;
bool IsSpooled(uint32_t slot) { return slot >= kFirstSpoolSlot; }

constexpr seconds kSyncInterval{1};
constexpr seconds kFullRetry{1};

}  // namespace

SpoolSink::SpoolSink(std::unique_ptr<RemoteSink> server, std::unique_ptr<spool::Spool> spool,
                     Options options, Reports reports, DeliveryStats& stats)
    : server_(std::move(server)),
      spool_(std::move(spool)),
      options_(options),
      reports_(std::move(reports)),
      stats_(stats),
      recovered_(spool_->documents() + spool_->lost().documents) {
  Show();
}

ServerState SpoolSink::State() const {
  if (server_->Away()) return ServerState::kAway;
  return server_->Ready() ? ServerState::kReady : ServerState::kBusy;
}

bool SpoolSink::Ready() const {
  switch (Place(State(), options_.when_full)) {
    case Placement::kServer:
      return true;
    case Placement::kSpool:
      return !is_full_ || options_.when_full == WhenFull::kDropNewest;
    case Placement::kWait:
      return false;
  }
  return false;
}

bool SpoolSink::Idle() const { return server_->Idle() && from_spool_.empty() && is_drained_; }

Result<void> SpoolSink::Submit(Batch batch, Ledger& ledger) {
  CountRecovered(ledger);
  if (batch.empty()) {
    Settle(batch.slot, true);
    return {};
  }
  if (Place(State(), options_.when_full) == Placement::kServer) {
    return server_->Submit(std::move(batch), ledger);
  }
  const uint32_t slot = batch.slot;
  if (Keep(batch)) {
    Settle(slot, true);
  } else if (options_.when_full == WhenFull::kDropNewest) {
    ledger.dropped += batch.documents.size();
    Settle(slot, false);
  } else {
    return server_->Submit(std::move(batch), ledger);  // it waits there, in its own memory
  }
  return {};
}

// A full disk is tried again soon, a full spool when there is room.
bool SpoolSink::Keep(const Batch& batch) {
  const auto kept = spool_->Append(batch);
  is_full_ = !kept || !*kept;
  if (is_full_) {
    retry_at_ = kept ? Clock::time_point::max() : Clock::now() + kFullRetry;
    TellFull(kept ? fmt::format("the spool is full ({} bytes)", spool_->bytes())
                  : kept.error().message);
  }
  if (!is_full_) {
    unsynced_ = true;
    is_drained_ = false;
  }
  Show();
  return !is_full_;
}

// Once until it has been emptied: it can come and go with every batch. Where captures wait, nothing
// is lost by it.
void SpoolSink::TellFull(const std::string& why) {
  if (std::exchange(told_full_, true)) return;
  if (options_.when_full == WhenFull::kDropNewest) {
    reports_.report(why + ": packets are dropped");
  } else {
    reports_.warn(why + ": captures wait");
  }
}

Result<void> SpoolSink::Poll(Ledger& ledger) {
  CountRecovered(ledger);
  auto polled = server_->Poll(ledger);
  TakeServerEvents();
  if (!polled) return polled;
  const Clock::time_point now = Clock::now();
  if (is_full_ && now >= retry_at_) is_full_ = false;
  if (server_->Away()) {
    TakeBackWaiting();
  } else if (auto sent = SendSpooled(ledger); !sent) {
    return sent;
  }
  if (unsynced_ && now >= synced_at_ + kSyncInterval) {
    if (auto synced = Sync(); !synced) reports_.report(synced.error().message);
  }
  CountLosses(ledger);
  Show();
  return {};
}

// What the server holds while it is away is kept on disk: it may be long.
void SpoolSink::TakeBackWaiting() {
  if (is_full_) return;
  server_->TakeBack([this](const Batch& batch) { return !IsSpooled(batch.slot) && Keep(batch); });
  TakeServerEvents();
}

Result<void> SpoolSink::SendSpooled(Ledger& ledger) {
  while (server_->Ready() && !is_drained_) {
    auto next = spool_->Next();
    if (!next) {
      reports_.report(next.error().message);
      return {};
    }
    is_drained_ = !*next;
    if (is_drained_) {
      told_full_ = false;
      return {};
    }
    const uint32_t slot = next_spool_slot_++ | kFirstSpoolSlot;
    const auto& spooled = from_spool_.emplace(slot, std::move(**next)).first->second;
    Batch batch = spooled.AsBatch();
    batch.slot = slot;
    if (auto submitted = server_->Submit(std::move(batch), ledger); !submitted) return submitted;
  }
  return {};
}

void SpoolSink::TakeServerEvents() {
  for (const DeliveryEvent& event : server_->TakeEvents()) {
    SettleAtServer(event.slot, event.delivered);
  }
}

void SpoolSink::SettleAtServer(uint32_t slot, bool delivered) {
  if (!IsSpooled(slot)) return Settle(slot, delivered);
  const auto found = from_spool_.find(slot);
  if (!closing_) SettleSpooled(found->second, delivered);
  from_spool_.erase(found);
}

// A batch stays in the spool until its dead letters are safe elsewhere.
void SpoolSink::SettleSpooled(const spool::SpooledBatch& batch, bool delivered) {
  Result<void> kept;
  if (delivered) kept = server_->Sync();
  if (delivered && kept) {
    spool_->Settle(batch.ticket);
    is_full_ = false;
    return;
  }
  counted_in_spool_ += batch.documents.size();
  reports_.report(fmt::format("{}{}{} documents stay in the spool: the next run sends them again",
                              kept ? "" : kept.error().message, kept ? "" : "; ",
                              batch.documents.size()));
}

Result<void> SpoolSink::Sync() {
  if (auto synced = server_->Sync(); !synced) return synced;
  unsynced_ = false;
  synced_at_ = Clock::now();
  return spool_->Sync();
}

Result<void> SpoolSink::Close(Ledger& ledger) {
  CountRecovered(ledger);
  closing_ = true;
  server_->GiveUpRequests();
  server_->TakeBack([&](const Batch& batch) {
    if (!IsSpooled(batch.slot)) return Keep(batch);
    counted_in_spool_ += from_spool_.at(batch.slot).documents.size() - batch.documents.size();
    return true;
  });
  auto closed = server_->Close(ledger);
  TakeServerEvents();
  CountLosses(ledger);
  ledger.spooled = spool_->documents() - counted_in_spool_;
  if (auto synced = Sync(); !synced && closed) closed = std::move(synced);
  Show();
  return closed;
}

void SpoolSink::CountRecovered(Ledger& ledger) { ledger.recovered += std::exchange(recovered_, 0); }

void SpoolSink::CountLosses(Ledger& ledger) {
  const uint64_t lost = spool_->lost().documents;
  ledger.failed += lost - std::exchange(lost_, lost);
}

void SpoolSink::Show() {
  stats_.spool = SpoolStats{spool_->bytes(), options_.spool_bytes, spool_->documents(), is_full_};
}

}  // namespace espcap::sink
