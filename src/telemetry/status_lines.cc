// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/status_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "telemetry/delivery_names.h"
#include "telemetry/summary.h"

namespace espcap::telemetry {
namespace {

std::string Words(std::string_view name) {
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string LedgerLine(const RunSnapshot& snapshot, std::chrono::duration<double> elapsed) {
  return fmt::format("so far: {}, {} under way; {:.2f} s",
                     FormatLedger(snapshot.ledger, snapshot.destination),
                     snapshot.ledger.UnderWay(), elapsed.count());
}

std::string WorkLine(const WorkStats& work) {
  return fmt::format(
      "workers: {} running, {} restarted, {} sessions replaced; batch slots: {} of {} free, "
      "{} batches queued; captures: {} waiting, {} open",
      work.workers, work.worker_restarts, work.sessions_replaced, work.free_batch_slots,
      work.batch_slots, work.batches_queued, work.captures_waiting, work.captures_open);
}

std::string NodeLine(const NodeStats& node) {
  std::string line = fmt::format("node {}: {}, {} requests in flight", node.url,
                                 node.resting ? "resting" : "healthy", node.in_flight);
  for (size_t outcome = 0; outcome < kOutcomeNames.size(); ++outcome) {
    if (node.requests[outcome] == 0) continue;
    line += fmt::format(", {} {}", node.requests[outcome], Words(kOutcomeNames[outcome]));
  }
  const auto& counts = node.latency.counts;
  const uint64_t ended = std::accumulate(counts.begin(), counts.end(), uint64_t{0});
  if (ended > 0) {
    line += fmt::format("; {:.3f} s each", node.latency.sum_seconds / static_cast<double>(ended));
  }
  return line;
}

std::string DeliveryLine(const DeliveryStats& delivery) {
  std::string line = fmt::format(
      "delivery: {} batches settled, {} documents in {} bytes sent; {} batches wait, up to {} "
      "requests at a time",
      delivery.batches, delivery.documents_sent, delivery.bytes_sent, delivery.batches_waiting,
      delivery.concurrency);
  if (delivery.request_bytes_limit != 0) {
    line += fmt::format(" of {} bytes", delivery.request_bytes_limit);
  }
  const char* separator = "; documents sent again: ";
  for (size_t reason = 0; reason < kReasonNames.size(); ++reason) {
    const uint64_t documents = delivery.retries[reason].documents;
    if (documents == 0) continue;
    line += fmt::format("{}{} for {}", std::exchange(separator, ", "), documents,
                        Words(kReasonNames[reason]));
  }
  return line;
}

}  // namespace

std::vector<std::string> StatusLines(const RunSnapshot& snapshot,
                                     std::chrono::duration<double> elapsed) {
  std::vector<std::string> lines = {LedgerLine(snapshot, elapsed), WorkLine(snapshot.work)};
  if (const DeliveryStats* delivery = snapshot.delivery; delivery != nullptr) {
    for (const auto& node : delivery->nodes) lines.push_back(NodeLine(node));
    lines.push_back(DeliveryLine(*delivery));
    if (const auto& spool = delivery->spool; spool) {
      lines.push_back(fmt::format("spool: {} documents, {} of {} bytes{}", spool->documents,
                                  spool->bytes, spool->bytes_limit, spool->full ? ", full" : ""));
    }
  }
  if (!snapshot.unhealthy_reason.empty()) lines.push_back("health: " + snapshot.unhealthy_reason);
  return lines;
}

}  // namespace espcap::telemetry
