// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/bulk_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

namespace espcap::elasticsearch {
namespace {

using std::chrono::milliseconds;

// Only what decides an outcome; the answer shrinks to a third.
constexpr const char* kBulkPath = "/_bulk?filter_path=items.*.status,items.*.error";
constexpr milliseconds kConnectTick{200};

NodePool::Random RandomUnit() {
  return [engine = std::mt19937_64(std::random_device{}()),
          unit = std::uniform_real_distribution<double>(0, 1)]() mutable { return unit(engine); };
}

}  // namespace

BulkSink::BulkSink(Options options, Hooks hooks, DeliveryStats& stats)
    : options_(std::move(options)),
      hooks_(std::move(hooks)),
      stats_(stats),
      client_(options_.request_timeout, options_.security),
      pool_(options_.nodes.size(), options_.concurrency, RandomUnit()),
      random_(RandomUnit()),
      problems_(options_.nodes.size()) {
  for (const http::NodeUrl& node : options_.nodes) {
    stats_.nodes.emplace_back().url = node.base;
  }
}

Result<bool> BulkSink::Connect() {
  Ledger none;  // no document is under way
  for (;;) {
    if (auto polled = Poll(none); !polled) return Forward(std::move(polled));
    if (pool_.AnyHealthy() || pool_.AllFailed()) break;
    Wait({}, kConnectTick);
  }
  connected_ = true;
  if (!pool_.AnyHealthy()) return false;
  for (const std::string& problem : problems_) {
    if (!problem.empty()) hooks_.warn(problem);
  }
  return true;
}

std::string BulkSink::WhyAway() const {
  std::string reasons;
  for (const std::string& problem : problems_) {
    if (!problem.empty()) reasons += (reasons.empty() ? "" : "; ") + problem;
  }
  return reasons;
}

// One more than can be in flight: it follows as soon as one is answered.
bool BulkSink::Ready() const { return pending_batches_.size() <= pool_.Room(); }

Result<void> BulkSink::Submit(Batch batch, Ledger& /*ledger*/) {
  if (batch.empty()) {
    Settle(batch.slot, true);
    return {};
  }
  const size_t documents = batch.documents.size();
  waiting_.push_back(
      ChunkOf(pending_batches_.insert(pending_batches_.end(), {std::move(batch), documents})));
  Dispatch(NodePool::Clock::now());
  Show();
  return {};
}

Result<void> BulkSink::Poll(Ledger& ledger) {
  while (auto finished = client_.Poll()) {
    if (auto taken = Take(std::move(*finished), ledger); !taken) return taken;
  }
  const Time now = NodePool::Clock::now();
  Probe(now);
  Dispatch(now);
  Show();
  return {};
}

void BulkSink::Wait(std::span<pollfd> others, milliseconds timeout) {
  const Time now = NodePool::Clock::now();
  std::optional<Time> next = pool_.NextChange(now);
  for (const BulkChunk& chunk : waiting_) {
    if (chunk.not_before > now && (!next || chunk.not_before < *next)) next = chunk.not_before;
  }
  if (next) {
    const auto until = std::chrono::ceil<milliseconds>(*next - now);
    timeout = std::clamp(until, milliseconds{0}, timeout);
  }
  client_.Wait(others, timeout);
}

void BulkSink::Probe(Time now) {
  while (const auto node = pool_.TakeForProbe(now)) {
    Request& request = requests_.emplace_back();
    request.node = *node;
    request.ticket = client_.Start(options_.nodes[*node], {"GET", "/", {}, {}});
  }
}

std::deque<BulkChunk>::iterator BulkSink::NextDue(Time now) {
  return std::find_if(waiting_.begin(), waiting_.end(),
                      [now](const BulkChunk& chunk) { return chunk.not_before <= now; });
}

void BulkSink::Dispatch(Time now) {
  for (auto due = NextDue(now); due != waiting_.end(); due = NextDue(now)) {
    const auto node = pool_.Take(now);
    if (!node) return;
    BulkChunk chunk = std::move(*due);
    waiting_.erase(due);
    if (TextBytes(chunk) > size_limit_.bytes() && chunk.positions.size() > 1) {
      std::vector<BulkChunk> parts = Split(chunk, size_limit_.bytes());
      chunk = std::move(parts.front());
      waiting_.insert(waiting_.begin(), std::make_move_iterator(parts.begin() + 1),
                      std::make_move_iterator(parts.end()));
    }
    Send(*node, std::move(chunk));
  }
}

void BulkSink::Send(size_t node, BulkChunk chunk) {
  Request& request = requests_.emplace_back();
  request.node = node;
  request.chunk = std::move(chunk);
  BulkBody& body = request.body;
  body.Fill(*request.chunk, options_.compress);
  stats_.documents_sent += request.chunk->positions.size();
  stats_.bytes_sent += body.bytes().size();
  request.ticket = client_.Start(options_.nodes[node], {"POST", kBulkPath, body.bytes(),
                                                        "application/x-ndjson", body.encoding()});
}

void BulkSink::GiveUpRequests() {
  for (auto request = requests_.begin(); request != requests_.end();) {
    const auto current = request++;
    if (!current->chunk) continue;
    client_.Cancel(current->ticket);
    pool_.Dropped(current->node);
    waiting_.push_back(std::move(*current->chunk));
    requests_.erase(current);
  }
}

void BulkSink::TakeBack(const Keep& keep) {
  for (auto next = pending_batches_.begin(); next != pending_batches_.end();) {
    const auto pending_batch = next++;
    BulkChunk rest{pending_batch, {}};
    for (const BulkChunk& chunk : waiting_) {
      if (chunk.pending_batch != pending_batch) continue;
      rest.positions.insert(rest.positions.end(), chunk.positions.begin(), chunk.positions.end());
    }
    if (rest.positions.size() != pending_batch->open) continue;  // the others are in flight
    std::sort(rest.positions.begin(), rest.positions.end());
    std::string gathered;
    if (!keep(BatchOf(rest, gathered))) continue;
    std::erase_if(waiting_, [pending_batch](const BulkChunk& chunk) {
      return chunk.pending_batch == pending_batch;
    });
    CountSettled(pending_batch, pending_batch->open);
  }
}

Result<void> BulkSink::Close(Ledger& ledger) {
  GiveUpRequests();
  for (PendingBatch& pending_batch : pending_batches_) pending_batch.delivered = false;
  TakeBack([&ledger](const Batch& batch) {
    ledger.abandoned += batch.documents.size();
    return true;
  });
  return {};
}

void BulkSink::Show() {
  for (size_t node = 0; node < options_.nodes.size(); ++node) {
    stats_.nodes[node].resting = !pool_.IsHealthy(node);
    stats_.nodes[node].in_flight = pool_.in_flight(node);
  }
  stats_.batches_waiting = static_cast<uint32_t>(waiting_.size());
  stats_.concurrency = pool_.Room();
  stats_.request_bytes_limit = size_limit_.bytes() == SizeLimit::kNone ? 0 : size_limit_.bytes();
}

}  // namespace espcap::elasticsearch
