// SPDX-License-Identifier: GPL-2.0-or-later
//
// Delivers batches by _bulk to the nodes of a server: several requests at a time, each document
// once. What a node doesn't take goes again, there or elsewhere, until it is taken or refused for
// good; the policy is in retry_policy.h, the choice of a node in node_pool.h. No document leaves
// before the server is prepared (preparation.h). A batch is borrowed until it is settled. One
// thread; nothing waits.
#ifndef ESPCAP_ELASTICSEARCH_BULK_SINK_H_
#define ESPCAP_ELASTICSEARCH_BULK_SINK_H_

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/event_loop.h"
#include "elasticsearch/bulk_body.h"
#include "elasticsearch/bulk_response.h"
#include "elasticsearch/chunk_queue.h"
#include "elasticsearch/credential_renewal.h"
#include "elasticsearch/document_outcomes.h"
#include "elasticsearch/elasticsearch.h"
#include "elasticsearch/landed_lookup.h"
#include "elasticsearch/node_pool.h"
#include "elasticsearch/node_reports.h"
#include "elasticsearch/preparation.h"
#include "espcap/delivery_stats.h"
#include "espcap/remote_sink.h"
#include "http/http_client.h"

namespace espcap::elasticsearch {

class BulkSink : public RemoteSink {
 public:
  struct Options {
    std::vector<http::NodeUrl> nodes;  // never empty
    std::shared_ptr<const http::Security> security;
    std::shared_ptr<http::LocalPorts> ports;  // of connections; null: any
    NodePool::Concurrency concurrency;
    DocumentOutcomes::Options outcomes;
    std::chrono::milliseconds request_timeout{60'000};
    bool compress = false;  // what doesn't come compressed, too
    // What becomes of documents while the server can't be reached, or refuses to be prepared: it is
    // asked again for ever. Empty: both are errors at the start.
    std::string meanwhile;
    Preparation::Options preparation;
  };
  struct Hooks {
    // Null: no template is installed.
    std::unique_ptr<TemplateMaker> template_maker;
    // Once, when the server is prepared: who it is, and what was done.
    std::function<void(const http::NodeUrl&, const ServerIdentity&, const Preparation&)> prepared;
    decltype(DocumentOutcomes::Hooks::keep_refused) keep_refused;
    std::function<void(SyncDone)> sync_refused;  // as Sync() below
    CredentialRenewal::Read read_credentials;    // again; empty: they can't change
    std::function<void(const std::string&)> warn;
    std::function<void(const std::string&)> advise;  // about the run's indices
    std::function<void(const std::string&)> report;  // errors
  };

  // The loop is borrowed, as `stats` is, which is kept up to date.
  BulkSink(base::EventLoop& loop, Options options, Hooks hooks, DeliveryStats& stats);

  [[nodiscard]] bool MayBegin() const override;
  [[nodiscard]] bool Ready() const override;
  [[nodiscard]] bool Idle() const override { return chunks_.pending_batches() == 0; }
  // A server that was never prepared isn't waited for.
  [[nodiscard]] bool WorthWaiting() const override { return preparation_.done(); }
  [[nodiscard]] bool Away() const override { return !pool_.AnyHealthy() || !preparation_.done(); }

  Result<void> Submit(Batch batch, Ledger& ledger) override;
  Result<void> Poll(Ledger& ledger) override;
  void Close() override;
  void GiveUp(Ledger& ledger) override;
  void Sync(SyncDone done) override { hooks_.sync_refused(std::move(done)); }

  void StopSending() override;
  std::vector<Returned> Reclaim(const IsWanted& is_wanted) override {
    return chunks_.Reclaim(is_wanted);
  }

 private:
  using Time = NodePool::Time;

  struct Request {  // in flight
    http::HttpClient::Ticket ticket = 0;
    size_t node = 0;
    enum class Kind : uint8_t { kIdentity, kPreparation, kLookup, kBulk } kind = Kind::kIdentity;
    std::optional<BulkChunk> chunk;      // of kLookup and kBulk
    std::optional<LandedLookup> lookup;  // of kLookup
    BulkBody body;
  };

  void Start(Time now);
  void Send(size_t node, BulkChunk chunk);
  Result<void> HandleIdentity(size_t at, const http::HttpClient::Finished& finished);
  Result<void> HandlePreparation(size_t at, const http::HttpClient::Finished& finished);
  Result<void> OnLookedUp(std::list<Request> taken, const http::HttpClient::Finished& finished,
                          Ledger& ledger);
  Result<void> HandleAnswer(Request& request, const http::HttpClient::Finished& finished,
                            Ledger& ledger);
  Result<void> HandleItems(Request& request, std::chrono::duration<double> took,
                           const std::vector<ItemResult>& items, Ledger& ledger);

  Options options_;
  Hooks hooks_;
  DeliveryStats& stats_;
  base::EventLoop& loop_;
  base::EventLoop::Timer timer_;  // something is due by time alone
  http::HttpClient client_;
  NodePool pool_;
  CredentialRenewal credentials_;
  std::vector<bool> may_pass_;  // why a node didn't say who it is: it is busy, or not ready
  NodeReports reports_;
  ChunkQueue chunks_;
  DocumentOutcomes outcomes_;
  std::list<Request> requests_;
  Preparation preparation_;
  std::string bulk_path_;
  Time latest_begin_;
  ServerIdentity identity_;
  std::optional<base::ReadableFlag> maker_readable_;  // while the template is made
  bool sends_ = true;
  bool closing_ = false;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_BULK_SINK_H_
