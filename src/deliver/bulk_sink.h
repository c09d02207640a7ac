// SPDX-License-Identifier: GPL-2.0-or-later
//
// Delivers batches to an Elasticsearch by _bulk, one request at a time: the next batches are filled
// meanwhile. A batch that came as gzip is sent so. Every document's outcome is read by its
// position.
#ifndef ESPCAP_DELIVER_BULK_SINK_H_
#define ESPCAP_DELIVER_BULK_SINK_H_

#include <functional>
#include <memory>
#include <string>

#include "deliver/http_client.h"
#include "espcap/sink.h"

namespace espcap::deliver {

class BulkSink : public Sink {
 public:
  // Told of every document that isn't taken, and of every request that fails.
  using Report = std::function<void(const std::string& message)>;

  BulkSink(std::unique_ptr<HttpClient> client, Report report)
      : client_(std::move(client)), report_(std::move(report)) {}

  [[nodiscard]] bool Ready() const override { return under_way_.empty(); }
  Result<void> Submit(Batch batch, Ledger& ledger) override;
  Result<void> Poll(Ledger& ledger) override;
  Result<void> Drain(Ledger& ledger) override;
  void Wait(std::span<pollfd> others, std::chrono::milliseconds timeout) override;

 private:
  Result<void> Finish(Result<HttpResponse> response, Ledger& ledger);
  void CountItems(const HttpResponse& response, Ledger& ledger);
  void CountFailed(const std::string& reason, Ledger& ledger);

  std::unique_ptr<HttpClient> client_;
  Report report_;
  Batch under_way_;  // empty: no request
};

}  // namespace espcap::deliver

#endif  // ESPCAP_DELIVER_BULK_SINK_H_
