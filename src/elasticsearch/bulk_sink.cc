// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/bulk_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include "document/action_line.h"

namespace espcap::elasticsearch {
namespace {

// With a spool a run begins without the server, but not before it could say what it needs.
constexpr std::chrono::seconds kLongestStart{2};

// Only what decides an outcome; the answer shrinks to a third.
std::string BulkPath(const std::string& pipeline) {
  const std::string path = "/_bulk?filter_path=items.*.status,items.*.error";
  return pipeline.empty() ? path : path + "&pipeline=" + http::PercentEncoded(pipeline);
}

NodePool::Random RandomUnit() {
  return [engine = std::mt19937_64(std::random_device{}()),
          unit = std::uniform_real_distribution<double>(0, 1)]() mutable { return unit(engine); };
}

// Packets of one time follow each other, and so do documents of one index.
void MeetIndices(const Batch& batch, Preparation& preparation) {
  std::string_view last;
  for (const DocumentSpan& span : batch.documents) {
    const std::string_view index = document::IndexOf(batch.Text(span));
    if (index.empty() || index == last) continue;
    last = index;
    preparation.AddIndex(index);
  }
}

bool IsAny(uint32_t /*slot*/) { return true; }

void Show(const NodePool& pool, const ChunkQueue& chunks, const DocumentOutcomes& outcomes,
          const Preparation& preparation, const CredentialRenewal& credentials,
          DeliveryStats& stats) {
  for (size_t node = 0; node < stats.nodes.size(); ++node) {
    stats.nodes[node].resting = !pool.IsHealthy(node);
    stats.nodes[node].in_flight = pool.in_flight(node);
  }
  stats.batches_waiting = static_cast<uint32_t>(chunks.waiting());
  stats.concurrency = pool.Room();
  const size_t most_bytes = outcomes.most_bytes();
  stats.request_bytes_limit = most_bytes == SizeLimit::kNone ? 0 : most_bytes;
  stats.prepared = preparation.done();
  stats.preparation_problem = preparation.problem();
  stats.refusal = credentials.problem().empty() ? outcomes.blocked_reason() : credentials.problem();
}

}  // namespace

BulkSink::BulkSink(base::EventLoop& loop, Options options, Hooks hooks, DeliveryStats& stats)
    : options_(std::move(options)),
      hooks_(std::move(hooks)),
      stats_(stats),
      loop_(loop),
      timer_(loop, [] {}),
      client_(loop, options_.request_timeout, options_.security, options_.ports),
      pool_(options_.nodes.size(), options_.concurrency, RandomUnit()),
      credentials_(std::move(hooks_.read_credentials), !options_.meanwhile.empty()),
      may_pass_(options_.nodes.size()),
      reports_(options_.nodes.size(), hooks_.warn),
      chunks_([this](uint32_t slot, Delivery delivery) {
        ++stats_.batches;
        Settle(slot, delivery);
      }),
      outcomes_(options_.outcomes, RandomUnit(), {hooks_.keep_refused, hooks_.warn, hooks_.report},
                chunks_, stats_),
      preparation_(options_.preparation, std::move(hooks_.template_maker)),
      bulk_path_(BulkPath(options_.preparation.pipeline)),
      latest_begin_(NodePool::Clock::now() + kLongestStart) {
  for (const http::NodeUrl& node : options_.nodes) {
    stats_.nodes.emplace_back().url = node.base;
  }
}

bool BulkSink::MayBegin() const {
  if (preparation_.done()) return true;
  return !options_.meanwhile.empty() && (pool_.AllFailed() || !preparation_.problem().empty() ||
                                         NodePool::Clock::now() >= latest_begin_);
}

// One more than can be in flight: it follows as soon as one is answered.
bool BulkSink::Ready() const {
  return sends_ && preparation_.done() && chunks_.pending_batches() <= pool_.Room();
}

Result<void> BulkSink::Submit(Batch batch, Ledger& /*ledger*/) {
  if (batch.empty()) {
    Settle(batch.slot, Delivery::kAcknowledged);
    return {};
  }
  MeetIndices(batch, preparation_);
  chunks_.Add(std::move(batch));
  Start(NodePool::Clock::now());
  Show(pool_, chunks_, outcomes_, preparation_, credentials_, stats_);
  return {};
}

Result<void> BulkSink::Poll(Ledger& ledger) {
  while (auto finished = client_.Poll()) {
    const auto found = std::find_if(
        requests_.begin(), requests_.end(),
        [&finished](const Request& request) { return request.ticket == finished->ticket; });
    if (found == requests_.end()) continue;  // it was given up
    std::list<Request> taken;
    taken.splice(taken.end(), requests_, found);
    Request& request = taken.front();
    Result<void> handled;
    switch (request.kind) {
      case Request::Kind::kIdentity:
        handled = HandleIdentity(request.node, *finished);
        break;
      case Request::Kind::kPreparation:
        handled = HandlePreparation(request.node, *finished);
        break;
      case Request::Kind::kLookup:
        handled = OnLookedUp(std::move(taken), *finished, ledger);
        break;
      case Request::Kind::kBulk:
        handled = HandleAnswer(request, *finished, ledger);
    }
    if (!handled) return handled;
  }
  if (!maker_readable_ || maker_readable_->ConsumeReadable()) {
    if (auto taken = preparation_.CollectTemplate(); !taken) return taken;
  }
  for (const std::string& warning : preparation_.DrainWarnings()) hooks_.advise(warning);
  if (preparation_.maker_fd() < 0) maker_readable_.reset();
  if (auto counted = outcomes_.CountKept(ledger); !counted) return counted;
  if (closing_) {
    for (const Returned& returned : chunks_.Reclaim(IsAny)) {
      ledger.abandoned += returned.batch.documents.size();
      Settle(returned.batch.slot, Delivery::kFailed);
    }
  }
  const Time now = NodePool::Clock::now();
  if (sends_) {
    Start(now);
    const bool may_pass = std::find(may_pass_.begin(), may_pass_.end(), true) != may_pass_.end();
    if (auto begun = reports_.Begin(pool_, may_pass, options_.meanwhile); !begun) return begun;
  }
  // What is due already has been begun, or waits for something else than time.
  std::optional<Time> next;
  for (const std::optional<Time> time :
       {pool_.NextChange(now), chunks_.NextDue(now), preparation_.NextTime(now),
        std::optional(latest_begin_)}) {
    if (time && *time > now && (!next || *time < *next)) next = time;
  }
  next ? timer_.Set(*next) : timer_.Cancel();
  Show(pool_, chunks_, outcomes_, preparation_, credentials_, stats_);
  return {};
}

// Asks nodes who they are that must be asked, and sends what may be sent.
void BulkSink::Start(Time now) {
  if (credentials_.is_due() && (pool_.ProbeIsDue(now) || preparation_.NextRequest(now))) {
    credentials_.Renew(client_);
  }
  if (credentials_.is_reading()) return;
  while (const auto node = pool_.AcquireForProbe(now)) {
    Request& request = requests_.emplace_back();
    request.node = *node;
    request.ticket = client_.Start(options_.nodes[*node], {"GET", "/", {}, {}});
  }
  if (preparation_.state() != Preparation::State::kDone) {
    // One request at a time, to any node that is there.
    const bool is_asked = std::any_of(
        requests_.begin(), requests_.end(),
        [](const Request& request) { return request.kind == Request::Kind::kPreparation; });
    auto next = is_asked ? std::nullopt : preparation_.NextRequest(now);
    const auto node = next ? pool_.Acquire(now) : std::nullopt;
    if (!node) return;
    Request& request = requests_.emplace_back();
    request.node = *node;
    request.kind = Request::Kind::kPreparation;
    request.ticket = client_.Start(options_.nodes[*node], *next);
    return;
  }
  while (chunks_.HasDue(now)) {
    const auto node = pool_.Acquire(now);
    if (!node) return;
    Send(*node, *chunks_.PopDue(now, outcomes_.most_bytes()));
  }
}

// What may have landed in an earlier index is looked for first.
void BulkSink::Send(size_t node, BulkChunk chunk) {
  Request& request = requests_.emplace_back();
  request.node = node;
  request.chunk = std::move(chunk);
  if (request.chunk->is_uncertain && preparation_.found().has_data_stream) {
    request.lookup.emplace(*request.chunk);
    if (const auto question = request.lookup->NextRequest()) {
      request.kind = Request::Kind::kLookup;
      request.ticket = client_.Start(options_.nodes[node], *question);
      return;
    }
  }
  request.kind = Request::Kind::kBulk;
  BulkBody& body = request.body;
  body.Fill(*request.chunk, options_.compress);
  stats_.documents_sent += request.chunk->positions.size();
  stats_.bytes_sent += body.bytes().size();
  http::HttpRequest post{"POST",          bulk_path_,
                         body.bytes(),    "application/x-ndjson",
                         body.encoding(), BulkAnswerBounds(request.chunk->positions.size()).bytes};
  post.is_sent_once = preparation_.found().has_data_stream;
  request.ticket = client_.Start(options_.nodes[node], post);
}

void BulkSink::StopSending() {
  sends_ = false;
  for (auto request = requests_.begin(); request != requests_.end();) {
    const auto current = request++;
    if (!current->chunk) continue;
    client_.Cancel(current->ticket);
    pool_.Dropped(current->node);
    current->chunk->is_uncertain = true;
    chunks_.PutLast(std::move(*current->chunk));
    requests_.erase(current);
  }
}

void BulkSink::Close() {
  StopSending();
  closing_ = true;
}

void BulkSink::GiveUp(Ledger& ledger) { ledger.abandoned += chunks_.GiveUp(); }

}  // namespace espcap::elasticsearch
