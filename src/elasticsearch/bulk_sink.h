// SPDX-License-Identifier: GPL-2.0-or-later
//
// Delivers batches by _bulk to the nodes of a server: several requests at a time, each document
// once. What a node doesn't take goes again, there or elsewhere, until it is taken or refused for
// good; the policy is in retry_policy.h, the choice of a node in node_pool.h. A batch is borrowed
// until it is settled. One thread.
#ifndef ESPCAP_ELASTICSEARCH_BULK_SINK_H_
#define ESPCAP_ELASTICSEARCH_BULK_SINK_H_

#include <chrono>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "elasticsearch/bulk_body.h"
#include "elasticsearch/bulk_chunk.h"
#include "elasticsearch/bulk_response.h"
#include "elasticsearch/elasticsearch.h"
#include "elasticsearch/node_pool.h"
#include "elasticsearch/size_limit.h"
#include "espcap/delivery_stats.h"
#include "espcap/remote_sink.h"
#include "http/http_client.h"

namespace espcap::elasticsearch {

// A document that will not be taken.
struct Refusal {
  uint32_t position = 0;  // in its batch
  int status = 0;         // HTTP's; 0: there was no answer
  std::string reason;
};

class BulkSink : public RemoteSink {
 public:
  struct Options {
    std::vector<http::NodeUrl> nodes;  // never empty
    std::shared_ptr<const http::Security> security;
    NodePool::Concurrency concurrency;
    std::optional<uint32_t> max_retries;  // of a document; none: without end
    std::chrono::milliseconds request_timeout{60'000};
    bool compress = false;  // what doesn't come compressed, too
  };
  struct Hooks {
    // Once, at the first node that answers and before any document.
    std::function<void(http::HttpClient&, const http::NodeUrl&, const ServerIdentity&)> prepare;
    // Keeps documents that will not be taken. An error: they are lost, and counted so.
    std::function<Result<void>(const Batch&, std::span<const Refusal>)> keep_refused;
    std::function<Result<void>()> sync_refused;  // as Sync() below
    std::function<void(const std::string&)> warn;
    std::function<void(const std::string&)> report;  // errors
  };

  // `stats` is borrowed and kept up to date.
  BulkSink(Options options, Hooks hooks, DeliveryStats& stats);

  // Waits until a node answers as a server, or none does: then false, and WhyAway() says why. An
  // error where the server wants other credentials.
  Result<bool> Connect();

  [[nodiscard]] bool Ready() const override;
  [[nodiscard]] bool Idle() const override { return pending_batches_.empty(); }
  [[nodiscard]] std::chrono::milliseconds GraceAfterStop() const override {
    return std::chrono::seconds(30);
  }
  [[nodiscard]] bool Away() const override { return !pool_.AnyHealthy(); }
  [[nodiscard]] std::string WhyAway() const;

  Result<void> Submit(Batch batch, Ledger& ledger) override;
  Result<void> Poll(Ledger& ledger) override;
  void Wait(std::span<pollfd> others, std::chrono::milliseconds timeout) override;
  Result<void> Close(Ledger& ledger) override;
  Result<void> Sync() override { return hooks_.sync_refused(); }

  void GiveUpRequests() override;
  void TakeBack(const Keep& keep) override;

 private:
  using Time = NodePool::Time;

  struct Request {  // in flight
    http::HttpClient::Ticket ticket = 0;
    size_t node = 0;
    std::optional<BulkChunk> chunk;  // none: GET /
    BulkBody body;
  };

  struct Failure {  // of a request, or of documents in it
    RetryReason why;
    int status = 0;  // HTTP's; 0: there was no answer
    std::string reason;
    bool may_be_too_much = false;
  };

  void Probe(Time now);
  void Dispatch(Time now);
  void Send(size_t node, BulkChunk chunk);
  [[nodiscard]] std::deque<BulkChunk>::iterator NextDue(Time now);

  Result<void> Take(http::HttpClient::Finished finished, Ledger& ledger);
  Result<void> TakeIdentity(size_t at, const http::HttpClient::Finished& finished);
  Result<void> TakeAnswer(Request& request, const http::HttpClient::Finished& finished,
                          Ledger& ledger);
  Result<void> TakeItems(Request& request, std::chrono::duration<double> took,
                         const std::vector<ItemResult>& items, Ledger& ledger);
  void TakeRefusal(Request& request, RequestAction action, const http::HttpResponse& response,
                   Ledger& ledger);

  void SayProblem(size_t node, const std::string& reason, const std::string& consequence);
  void SayRest(size_t node, NodePool::Rest rest, const std::string& reason);
  void MoveOn(Request& request, std::optional<std::chrono::seconds> retry_after,
              const Failure& failure, Ledger& ledger);
  void PutFirst(std::vector<BulkChunk> chunks);
  void SendAgain(BulkChunk chunk, const Failure& failure, Ledger& ledger);
  void DeadLetter(std::list<PendingBatch>::iterator pending_batch,
                  const std::vector<Refusal>& refusals, Ledger& ledger);
  void CountSettled(std::list<PendingBatch>::iterator pending_batch, size_t documents);
  void Show();

  Options options_;
  Hooks hooks_;
  DeliveryStats& stats_;
  http::HttpClient client_;
  NodePool pool_;
  NodePool::Random random_;
  SizeLimit size_limit_;
  std::vector<std::string> problems_;  // of each node; empty: none
  bool connected_ = false;             // Connect() is over
  bool prepared_ = false;

  std::list<PendingBatch> pending_batches_;
  std::deque<BulkChunk> waiting_;
  std::list<Request> requests_;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_BULK_SINK_H_
