// SPDX-License-Identifier: GPL-2.0-or-later
#include "deliver/bulk_sink.h"

#include <utility>

#include "deliver/bulk_response.h"
#include "deliver/elasticsearch.h"

namespace espcap::deliver {
namespace {

// Only what decides an outcome; the answer shrinks to a third.
constexpr const char* kBulkPath = "/_bulk?filter_path=items.*.status,items.*.error";

}  // namespace

Result<void> BulkSink::Submit(Batch batch, Ledger& /*ledger*/) {
  if (batch.empty()) {
    Settle(batch.slot, true);
    return {};
  }
  under_way_ = std::move(batch);
  const bool is_gzip = under_way_.compression == Compression::kGzip;
  client_->Start({"POST", kBulkPath, is_gzip ? under_way_.compressed : under_way_.text,
                  "application/x-ndjson", is_gzip ? "gzip" : nullptr});
  return {};
}

Result<void> BulkSink::Poll(Ledger& ledger) {
  if (under_way_.empty()) return {};
  auto response = client_->Poll();
  if (!response) return {};
  return Finish(std::move(*response), ledger);
}

Result<void> BulkSink::Drain(Ledger& ledger) {
  if (under_way_.empty()) return {};
  return Finish(client_->Finish(), ledger);
}

void BulkSink::Wait(std::span<pollfd> others, std::chrono::milliseconds timeout) {
  client_->Wait(others, timeout);
}

Result<void> BulkSink::Finish(Result<HttpResponse> response, Ledger& ledger) {
  Result<void> outcome = {};
  const uint64_t failed_before = ledger.failed;
  if (!response) {
    CountFailed(response.error().message, ledger);
    outcome = Fail("{} is gone: the run ends here", client_->base_url());
  } else if (response->status == 200) {
    CountItems(*response, ledger);
  } else {
    CountFailed(fmt::format("{}/_bulk answered {} ({})", client_->base_url(), response->status,
                            ReasonOf(*response)),
                ledger);
    if (response->status == 401 || response->status == 403) {
      outcome = Fail("{} refuses these credentials: the run ends here", client_->base_url());
    }
  }
  Settle(std::exchange(under_way_, {}).slot, ledger.failed == failed_before);
  return outcome;
}

void BulkSink::CountItems(const HttpResponse& response, Ledger& ledger) {
  const auto items = ParseBulkResponse(response.body, under_way_.documents.size());
  if (!items) {
    return CountFailed(fmt::format("{}/_bulk: {}", client_->base_url(), items.error().message),
                       ledger);
  }
  for (size_t position = 0; position < items->size(); ++position) {
    const ItemResult& item = (*items)[position];
    switch (item.outcome) {
      case ItemOutcome::kIndexed:
        ++ledger.indexed;
        break;
      case ItemOutcome::kAlreadyThere:
        ++ledger.already_there;
        break;
      case ItemOutcome::kRefused:
        ++ledger.failed;
        report_(fmt::format("{}: packet {}: refused with {}: {}", *under_way_.source,
                            under_way_.documents[position].frame_number, item.status, item.reason));
    }
  }
}

void BulkSink::CountFailed(const std::string& reason, Ledger& ledger) {
  ledger.failed += under_way_.documents.size();
  report_(fmt::format("{} documents not delivered: {}", under_way_.documents.size(), reason));
}

}  // namespace espcap::deliver
