// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which node gets the next request. Healthy nodes take turns; one that fails rests, longer each
// time, and is asked who it is (GET /) before it gets documents again. One that has too much to do
// pauses. A state machine: it is told the time and sends nothing itself. One thread.
#ifndef ESPCAP_ELASTICSEARCH_NODE_POOL_H_
#define ESPCAP_ELASTICSEARCH_NODE_POOL_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "elasticsearch/concurrency_limit.h"

namespace espcap::elasticsearch {

class NodePool {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;
  using Random = std::function<double()>;  // in [0, 1]

  struct Concurrency {  // of one node
    uint32_t least = 1;
    uint32_t most = 8;
  };

  // REQUIRES: nodes > 0.
  NodePool(size_t nodes, Concurrency concurrency, Random random);

  // The next one in turn that may get documents now; it counts as in flight there until one of
  // Answered(), Overloaded(), Failed() or Dropped() is told of it.
  std::optional<size_t> Acquire(Time now);
  [[nodiscard]] bool ProbeIsDue(Time now) const;
  // One that has to be asked who it is, now; Identified(), ProbeFailed() or ProbeRefused() follows.
  std::optional<size_t> AcquireForProbe(Time now);

  void Identified(size_t node);
  void Answered(size_t at, size_t bytes, std::chrono::duration<double> took);
  // `retry_after` is what the node asked for, at most.
  void Overloaded(size_t at, std::optional<std::chrono::seconds> retry_after, Time now);
  // These return how long it rests. Nothing: it was found failing before.
  using Rest = std::optional<std::chrono::milliseconds>;
  Rest Failed(size_t at, std::optional<std::chrono::seconds> retry_after, Time now);
  Rest ProbeFailed(size_t at, Time now);
  // It refuses our credentials, whatever it was asked.
  void Unauthorized(size_t at, Time now);
  // It is too busy to say who it is: asked again soon, and only as often failing.
  Rest ProbeRefused(size_t at, std::optional<std::chrono::seconds> retry_after, Time now);
  // A request was given up for reasons of our own.
  void Dropped(size_t node) { --nodes_[node].in_flight; }
  // Single documents were refused for load.
  void Slowed(size_t node) { nodes_[node].limit.OnOverload(); }

  [[nodiscard]] bool IsHealthy(size_t node) const { return nodes_[node].state == State::kHealthy; }
  [[nodiscard]] bool AnyHealthy() const;
  // Whether each has failed since it was last healthy, or since the beginning.
  [[nodiscard]] bool AllFailed() const;
  [[nodiscard]] uint32_t in_flight(size_t node) const { return nodes_[node].in_flight; }
  // Requests that may be in flight at healthy nodes together.
  [[nodiscard]] uint32_t Room() const;
  // When Acquire() or AcquireForProbe() can give something that it doesn't now, by time alone.
  [[nodiscard]] std::optional<Time> NextChange(Time now) const;

 private:
  enum class State : uint8_t { kUnknown, kProbed, kHealthy, kBackingOff };

  struct Node {
    State state = State::kUnknown;
    uint32_t in_flight = 0;
    uint32_t failures = 0;  // in a row
    uint32_t overloads = 0;
    Time not_before{};  // resting or pausing until then
    ConcurrencyLimit limit;

    [[nodiscard]] bool IsDueForProbe(Time now) const;
  };

  std::chrono::milliseconds BackOff(Node& node, std::optional<std::chrono::seconds> retry_after,
                                    Time now);

  std::vector<Node> nodes_;
  Random random_;
  size_t next_ = 0;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_NODE_POOL_H_
