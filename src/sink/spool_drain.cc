// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/spool_drain.h"

#include <fmt/format.h>

#include <algorithm>

#include "document/action_line.h"

namespace espcap::sink {
namespace {

constexpr std::chrono::seconds kReadAgain{1};

// The checksums of the files say that nobody changed them by accident. What is sent has the form
// that espcap writes, no matter who has written the file.
bool IsOurs(const spool::SpooledBatch& spooled) {
  const Batch batch = spooled.AsBatch();
  return std::all_of(batch.documents.begin(), batch.documents.end(),
                     [&batch](const DocumentSpan& document) {
                       return document::IsBulkDocument(batch.Text(document));
                     });
}

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
    if (*next != nullptr && !IsOurs(**next)) {
      return Keep((*next)->documents.size(), "what is no document of espcap's is in a batch; ");
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
  const size_t documents = batch->documents.size();
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

void SpoolDrain::Reclaim(uint32_t slot, size_t documents) {
  const auto batch = at_server_.extract(slot).mapped();
  kept_documents_ += batch->documents.size() - documents;
}

void SpoolDrain::GiveUp() {
  for (const auto& [slot, batch] : std::exchange(at_server_, {})) {
    kept_documents_ += batch->documents.size();
  }
}

void SpoolDrain::Keep(size_t documents, const std::string& why) {
  kept_documents_ += documents;
  report_(fmt::format("{}{} documents stay in the spool: the next run sends them again", why,
                      documents));
}

}  // namespace espcap::sink
