// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/node_pool.h"

#include <algorithm>
#include <utility>

#include "base/backoff.h"

namespace espcap::elasticsearch {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Backoff kRest{milliseconds{500}, milliseconds{30'000}};
constexpr base::Backoff kPause{milliseconds{200}, milliseconds{10'000}};
constexpr uint32_t kMaxRefusedProbes = 6;
// A server that asks for more is asked again all the same.
constexpr seconds kMaxRetryAfter{3600};

milliseconds WaitOf(base::Backoff backoff, uint32_t failures, double unit,
                    std::optional<seconds> retry_after) {
  const milliseconds wait = backoff.Wait(failures, unit);
  if (!retry_after) return wait;
  return wait + std::clamp(*retry_after, seconds{0}, kMaxRetryAfter);
}

}  // namespace

NodePool::NodePool(size_t nodes, Concurrency concurrency, Random random)
    : nodes_(nodes, {State::kUnknown, 0, 0, 0, {}, {concurrency.least, concurrency.most}}),
      random_(std::move(random)) {}

std::optional<size_t> NodePool::Acquire(Time now) {
  for (size_t step = 0; step < nodes_.size(); ++step) {
    const size_t at = (next_ + step) % nodes_.size();
    Node& node = nodes_[at];
    if (node.state != State::kHealthy || node.in_flight >= node.limit.requests() ||
        now < node.not_before) {
      continue;
    }
    next_ = at + 1;
    ++node.in_flight;
    return at;
  }
  return std::nullopt;
}

bool NodePool::Node::IsDueForProbe(Time now) const {
  return state == State::kUnknown || (state == State::kBackingOff && now >= not_before);
}

bool NodePool::ProbeIsDue(Time now) const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [now](const Node& node) { return node.IsDueForProbe(now); });
}

std::optional<size_t> NodePool::AcquireForProbe(Time now) {
  for (size_t at = 0; at < nodes_.size(); ++at) {
    Node& node = nodes_[at];
    if (!node.IsDueForProbe(now)) continue;
    node.state = State::kProbed;
    ++node.in_flight;
    return at;
  }
  return std::nullopt;
}

// That it can be reached doesn't say that it works: `failures` stays until it takes documents.
void NodePool::Identified(size_t node) {
  --nodes_[node].in_flight;
  nodes_[node].state = State::kHealthy;
}

void NodePool::Answered(size_t at, size_t bytes, std::chrono::duration<double> took) {
  Node& node = nodes_[at];
  node.limit.OnSuccess(bytes, took, node.in_flight);
  --node.in_flight;
  node.failures = node.overloads = 0;
}

void NodePool::Overloaded(size_t at, std::optional<seconds> retry_after, Time now) {
  Node& node = nodes_[at];
  --node.in_flight;
  node.failures = 0;
  // Those in flight together are refused together: one pause for them all.
  if (now < node.not_before && !retry_after) return;
  node.limit.OnOverload();
  ++node.overloads;
  node.not_before =
      std::max(node.not_before, now + WaitOf(kPause, node.overloads, random_(), retry_after));
}

NodePool::Rest NodePool::Failed(size_t at, std::optional<seconds> retry_after, Time now) {
  Node& node = nodes_[at];
  --node.in_flight;
  if (node.state != State::kHealthy) return std::nullopt;
  return BackOff(node, retry_after, now);
}

NodePool::Rest NodePool::ProbeFailed(size_t at, Time now) {
  --nodes_[at].in_flight;
  return BackOff(nodes_[at], std::nullopt, now);
}

void NodePool::Unauthorized(size_t at, Time now) {
  --nodes_[at].in_flight;
  if (nodes_[at].state != State::kBackingOff) BackOff(nodes_[at], std::nullopt, now);
}

NodePool::Rest NodePool::ProbeRefused(size_t at, std::optional<seconds> retry_after, Time now) {
  Node& node = nodes_[at];
  --node.in_flight;
  if (node.overloads >= kMaxRefusedProbes) return BackOff(node, retry_after, now);
  node.state = State::kBackingOff;
  ++node.overloads;
  node.not_before = now + WaitOf(kPause, node.overloads, random_(), retry_after);
  return std::nullopt;
}

milliseconds NodePool::BackOff(Node& node, std::optional<seconds> retry_after, Time now) {
  node.state = State::kBackingOff;
  ++node.failures;
  const milliseconds rest = WaitOf(kRest, node.failures, random_(), retry_after);
  node.not_before = now + rest;
  return rest;
}

bool NodePool::AnyHealthy() const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [](const Node& node) { return node.state == State::kHealthy; });
}

bool NodePool::AllFailed() const {
  return std::all_of(nodes_.begin(), nodes_.end(), [](const Node& node) {
    return node.state != State::kHealthy && node.failures > 0;
  });
}

uint32_t NodePool::Room() const {
  uint32_t room = 0;
  for (const Node& node : nodes_) {
    if (node.state == State::kHealthy) room += node.limit.requests();
  }
  return room;
}

std::optional<NodePool::Time> NodePool::NextChange(Time now) const {
  std::optional<Time> next;
  for (const Node& node : nodes_) {
    const bool waits = node.state == State::kBackingOff ||
                       (node.state == State::kHealthy && node.not_before > now);
    if (waits && (!next || node.not_before < *next)) next = node.not_before;
  }
  return next;
}

}  // namespace espcap::elasticsearch
