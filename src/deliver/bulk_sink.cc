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

Result<void> BulkSink::Submit(Batch& batch, Ledger& ledger) {
  if (auto drained = Drain(ledger); !drained) return drained;
  if (batch.empty()) return {};
  std::swap(batch, under_way_);
  client_->Start({"POST", kBulkPath, under_way_.bytes.view(), "application/x-ndjson"});
  return {};
}

Result<void> BulkSink::Poll(Ledger& ledger) {
  if (under_way_.empty()) return {};
  auto response = client_->Poll();
  if (!response) return {};
  return Settle(std::move(*response), ledger);
}

Result<void> BulkSink::Drain(Ledger& ledger) {
  if (under_way_.empty()) return {};
  return Settle(client_->Finish(), ledger);
}

Result<void> BulkSink::Settle(Result<HttpResponse> response, Ledger& ledger) {
  if (!response) {
    FailBatch(response.error().message, ledger);
    return Fail("{} is gone: the run ends here", client_->base_url());
  }
  if (response->status == 200) {
    SettleItems(*response, ledger);
    return {};
  }
  const std::string reason = fmt::format("{}/_bulk answered {} ({})", client_->base_url(),
                                         response->status, ReasonOf(*response));
  FailBatch(reason, ledger);
  if (response->status == 401 || response->status == 403) {
    return Fail("{} refuses these credentials: the run ends here", client_->base_url());
  }
  return {};
}

void BulkSink::SettleItems(const HttpResponse& response, Ledger& ledger) {
  const auto items = ParseBulkResponse(response.body, under_way_.documents.size());
  if (!items) {
    return FailBatch(fmt::format("{}/_bulk: {}", client_->base_url(), items.error().message),
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
      case ItemOutcome::kRefused: {
        ++ledger.failed;
        const DocumentSpan& document = under_way_.documents[position];
        report_(fmt::format("{}: packet {}: refused with {}: {}", *document.source,
                            document.frame_number, item.status, item.reason));
      }
    }
  }
  under_way_.Clear();
}

void BulkSink::FailBatch(const std::string& reason, Ledger& ledger) {
  ledger.failed += under_way_.documents.size();
  report_(fmt::format("{} documents not delivered: {}", under_way_.documents.size(), reason));
  under_way_.Clear();
}

}  // namespace espcap::deliver
