// SPDX-License-Identifier: GPL-2.0-or-later
//
// What delivery to servers has done so far and its present state, as plain values. The sink keeps
// it up to date; what shows it (metrics, the log) reads it between two steps of the same thread.
#ifndef ESPCAP_DELIVERY_STATS_H_
#define ESPCAP_DELIVERY_STATS_H_

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace espcap {

// Why documents are sent again.
enum class RetryReason : uint8_t {
  kTooManyRequests,  // 429 for the request
  kUnavailable,      // 502, 503, 504 for the request
  kConnection,       // refused, reset, TLS
  kTimeout,
  kMalformed,  // an answer that can't be read
  kTooLarge,   // 413: sent again in smaller requests
  kBlocked,    // single documents: their index is blocked for a while
  kItem,       // single documents: 429, 502, 503, 504 for them
};
constexpr size_t kRetryReasons = static_cast<size_t>(RetryReason::kItem) + 1;

// How a request ended.
enum class RequestOutcome : uint8_t {
  kAnswered,         // 200: every document has its own outcome
  kTooManyRequests,  // 429
  kUnavailable,      // 502, 503, 504
  kRefused,          // any other status
  kConnection,       // refused, reset, TLS
  kTimeout,
  kMalformed  // an answer that can't be read
};
constexpr size_t kRequestOutcomes = static_cast<size_t>(RequestOutcome::kMalformed) + 1;

// From a request's start to its end, however it ended.
struct LatencyHistogram {
  // Upper bounds of the buckets; above the last one is one more.
  static constexpr std::array<double, 14> kBoundSeconds = {
      0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120};

  void Observe(std::chrono::duration<double> latency) {
    const auto* const bucket =
        std::lower_bound(kBoundSeconds.begin(), kBoundSeconds.end(), latency.count());
    ++counts.at(static_cast<size_t>(bucket - kBoundSeconds.begin()));
    sum_seconds += latency.count();
  }

  std::array<uint64_t, kBoundSeconds.size() + 1> counts{};  // of each bucket alone
  double sum_seconds = 0;
};

struct NodeStats {
  std::string url;       // without credentials
  bool resting = false;  // it failed, and is left alone for a while
  uint32_t in_flight = 0;
  std::array<uint64_t, kRequestOutcomes> requests{};
  LatencyHistogram latency;

  void Count(RequestOutcome outcome, std::chrono::duration<double> took) {
    ++requests.at(static_cast<size_t>(outcome));
    latency.Observe(took);
  }
};

struct RetryStats {
  uint64_t requests = 0;   // after which something had to be sent again
  uint64_t documents = 0;  // in them that had to
};

struct SpoolStats {
  uint64_t bytes = 0;
  uint64_t bytes_limit = 0;
  uint64_t documents = 0;
  bool full = false;  // takes nothing at present: no room, or the disk has failed
};

struct DeliveryStats {
  std::vector<NodeStats> nodes;
  bool prepared = false;  // before, no document leaves
  std::string
      refusal;  // why the server, which is there, takes no documents at present; empty: it does
  std::string preparation_problem;  // why it takes so long; empty: none so far
  std::array<RetryStats, kRetryReasons> retries{};
  uint64_t batches = 0;              // settled, every document of them
  uint64_t documents_sent = 0;       // in requests, those sent again included
  uint64_t bytes_sent = 0;           // of request bodies, as they were sent (compressed)
  uint32_t batches_waiting = 0;      // for a time to be sent again
  uint32_t concurrency = 0;          // requests that may be in flight at present
  uint64_t request_bytes_limit = 0;  // learned from 413; 0: none so far
  std::optional<SpoolStats> spool;   // only with --spool

  RetryStats& Retries(RetryReason reason) { return retries.at(static_cast<size_t>(reason)); }
};

}  // namespace espcap

#endif  // ESPCAP_DELIVERY_STATS_H_
