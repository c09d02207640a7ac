// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/stream_sink.h"

#include <utility>

namespace espcap::sink {

Result<void> StreamSink::Submit(Batch batch, Ledger& /*ledger*/) {
  const uint32_t slot = batch.slot;
  const size_t documents = batch.documents.size();
  writing_.emplace(slot, documents);
  writes_.Post([file = file_, batch = std::move(batch)] { return file->Write(batch); },
               [this, slot, documents](OutputFile::Written written) {
                 writing_.erase(slot);
                 written_.push_back({slot, documents, std::move(written)});
               });
  return {};
}

// Nothing is written after an error: the first one is told.
Result<void> StreamSink::Poll(Ledger& ledger) {
  Result<void> result = std::exchange(finished_, {});
  for (Written& batch : std::exchange(written_, {})) {
    const size_t missing = batch.documents - batch.written.documents;
    ledger.written += batch.written.documents;
    (batch.written.gave_up_waiting ? ledger.abandoned : ledger.failed) += missing;
    Settle(batch.slot, missing == 0 ? Delivery::kAcknowledged : Delivery::kFailed);
    if (!batch.written.result && result) result = std::move(batch.written.result);
  }
  return result;
}

void StreamSink::Close() {
  closing_ = true;
  writes_.Post([file = file_] { return file->Finish(); },
               [this](Result<void> finished) {
                 is_finished_ = true;
                 finished_ = std::move(finished);
               });
}

void StreamSink::GiveUp(Ledger& ledger) {
  for (const auto& [slot, documents] : std::exchange(writing_, {})) {
    ledger.abandoned += documents;
    Settle(slot, Delivery::kFailed);
  }
}

void StreamSink::Sync(SyncDone done) {
  writes_.Post([file = file_] { return file->Sync(); }, std::move(done));
}

}  // namespace espcap::sink
