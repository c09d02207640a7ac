// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/spool_drain.h"

#include <fmt/format.h>

#include "sink/spooled_check.h"

namespace espcap::sink {
namespace {

constexpr std::chrono::seconds kReadAgain{1};

}  // namespace

Result<void> SpoolDrain::Poll(Ledger& ledger, Time now) {
  if (!server_.Ready()) return {};
  if (next_ != nullptr) {
    const uint32_t slot = last_slot_++ | kFirstSlot;
    Batch batch = next_->AsBatch();
    batch.slot = slot;
    at_server_.emplace(slot, std::exchange(next_, nullptr));
    if (auto submitted = server_.Submit(std::move(batch), ledger); !submitted) return submitted;
  }
  if (!is_empty_ && !is_reading_ && now >= read_again_at_) Read();
  return {};
}

void SpoolDrain::Read() {
  is_reading_ = true;
  spool_.PopNext([this](Result<SpoolQueue::Next> next) {
    is_reading_ = false;
    if (!next) {
      report_(next.error().message);
      read_again_at_ = std::chrono::steady_clock::now() + kReadAgain;
      return;
    }
    is_empty_ = *next == nullptr;
    if (*next != nullptr) {
      const std::string fault = FaultOf(**next, contents_);
      if (!fault.empty()) return ReportKept(PacketsOf((*next)->documents), fault + "; ");
    }
    next_ = std::move(*next);
  });
}

std::optional<SpoolDrain::Time> SpoolDrain::NextTime() const {
  if (is_empty_ || is_reading_) return std::nullopt;
  return read_again_at_;
}

// A batch stays in the spool until its dead letters are safe elsewhere.
void SpoolDrain::Settle(uint32_t slot, bool delivered) {
  const auto batch = at_server_.extract(slot).mapped();
  const uint64_t documents = PacketsOf(batch->documents);
  if (!delivered) return Keep(documents, "");
  settling_documents_ += documents;
  server_.Sync([this, documents, ticket = batch->ticket](const Result<void>& synced) {
    if (!synced) {
      settling_documents_ -= documents;
      return Keep(documents, synced.error().message + "; ");
    }
    spool_.Settle(ticket, [this, documents] {
      settling_documents_ -= documents;
      made_room_ = true;
    });
  });
}

void SpoolDrain::Reclaim(uint32_t slot, uint64_t documents) {
  const auto batch = at_server_.extract(slot).mapped();
  kept_documents_ += PacketsOf(batch->documents) - documents;
}

void SpoolDrain::GiveUp() {
  for (const auto& [slot, batch] : std::exchange(at_server_, {})) {
    kept_documents_ += PacketsOf(batch->documents);
  }
}

void SpoolDrain::Keep(uint64_t documents, const std::string& why) {
  kept_documents_ += documents;
  ReportKept(documents, why);
}

void SpoolDrain::ReportKept(uint64_t documents, const std::string& why) const {
  report_(fmt::format("{}{} {}s stay in the spool: the next run sends them again", why, documents,
                      spool::NounOf(contents_)));
}

}  // namespace espcap::sink
