// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/spool_keeper.h"

#include <fmt/format.h>

#include <algorithm>

namespace espcap::sink {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kSyncInterval{1};
constexpr std::chrono::seconds kFullRetry{1};

}  // namespace

void SpoolKeeper::Keep(RemoteSink::Returned batch) {
  documents_ += PacketsOf(batch.batch.documents);
  const auto kept = std::make_shared<const RemoteSink::Returned>(std::move(batch));
  spool_.Append({kept, &kept->batch},
                [this, kept](const Result<bool>& result) { Told(kept, result); });
}

// A full disk is tried again soon, a full spool when there is room.
void SpoolKeeper::Told(std::shared_ptr<const RemoteSink::Returned> batch,
                       const Result<bool>& result) {
  const bool is_in_spool = result && *result;
  documents_ -= PacketsOf(batch->batch.documents);
  kept_.push_back({std::move(batch), is_in_spool});
  is_full_ = !is_in_spool;
  is_unsynced_ |= is_in_spool;
  if (!is_full_) return;
  retry_at_ = result ? Time::max() : Clock::now() + kFullRetry;
  ReportFull(result ? fmt::format("the spool is full ({} bytes)", spool_.numbers().bytes)
                    : result.error().message);
}

// Once until it has been emptied: it can come and go with every batch. Where captures wait, nothing
// is lost by it.
void SpoolKeeper::ReportFull(const std::string& why) {
  if (std::exchange(has_told_full_, true)) return;
  if (when_full_ == WhenFull::kDropNewest) {
    reports_.error(why + ": packets are dropped");
  } else {
    reports_.warn(why + ": captures wait");
  }
}

void SpoolKeeper::Poll(Time now) {
  if (is_full_ && now >= retry_at_) is_full_ = false;
  if (!is_unsynced_ || is_syncing_ || now < synced_at_ + kSyncInterval) return;
  Sync([this](const Result<void>& synced) {
    if (!synced) reports_.error(synced.error().message);
  });
}

std::optional<SpoolKeeper::Time> SpoolKeeper::NextTime() const {
  std::optional<Time> next;
  if (is_full_ && retry_at_ != Time::max()) next = retry_at_;
  if (is_unsynced_ && !is_syncing_) {
    next = std::min(next.value_or(Time::max()), synced_at_ + kSyncInterval);
  }
  return next;
}

void SpoolKeeper::Sync(std::function<void(Result<void>)> done) {
  is_unsynced_ = false;
  is_syncing_ = true;
  spool_.Sync([this, done = std::move(done)](Result<void> synced) {
    is_syncing_ = false;
    synced_at_ = Clock::now();
    done(std::move(synced));
  });
}

}  // namespace espcap::sink
