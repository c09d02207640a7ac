// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/run_metrics.h"

#include <map>
#include <string>
#include <vector>

#include "telemetry/delivery_names.h"
#include "telemetry/exposition.h"

namespace espcap::telemetry {
namespace {

void AddLedger(Exposition& text, const Ledger& ledger) {
  text.Counter("espcap_packets_captured_total",
               "Packets taken from the sources, after the capture filter.")
      .Sample({}, ledger.captured);
  text.Counter("espcap_packets_recovered_total",
               "Packets found in the spool, captured by an earlier run.")
      .Sample({}, ledger.recovered);
  Family& settled =
      text.Counter("espcap_packets_settled_total",
                   "Packets by their one outcome; at the end of a run all together are those "
                   "captured and recovered.");
  for (const Ledger::Outcome& outcome : Ledger::kOutcomes) {
    settled.Sample({{"outcome", outcome.name}}, ledger.*outcome.packets);
  }
  text.Counter(
          "espcap_documents_cut_total",
          "Documents cut to the depth or size that a server accepts; each says so in espcap.cut.")
      .Sample({}, ledger.cut);
  text.Counter("espcap_packets_quarantined_total",
               "Packets whose dissection ends processes; a document says so in espcap.error.")
      .Sample({}, ledger.quarantined);
}

void AddLive(Exposition& text, const LiveStats& live) {
  Family& packets = text.Counter("espcap_live_packets_total",
                                 "Packets of an interface: received by espcap (those that full "
                                 "rings dropped and duplicates included), or lost before.");
  for (const InterfaceStats& interface : live.interfaces) {
    const auto add = [&](std::string_view fate, uint64_t count) {
      packets.Sample({{"interface", interface.name}, {"fate", fate}}, count);
    };
    add("received", interface.received);
    add("ring_dropped", interface.ring_dropped);
    add("kernel_dropped", interface.kernel_dropped);
    add("interface_dropped", interface.interface_dropped);
    add("duplicates", interface.duplicates);
  }
  Family& bytes =
      text.Counter("espcap_live_received_bytes_total", "Bytes of the packets received.");
  for (const InterfaceStats& interface : live.interfaces) {
    bytes.Sample({{"interface", interface.name}}, interface.bytes);
  }
  Family& lag = text.Gauge(
      "espcap_live_lag_seconds",
      "From a packet's time to its document's delivery, since the last line of statistics.");
  lag.Sample({{"quantile", "0.5"}}, live.lag_median.count());
  lag.Sample({{"quantile", "0.99"}}, live.lag_99th.count());
}

void AddLoop(Exposition& text, const LoopStats& loop) {
  text.Histogram("espcap_loop_stall_seconds",
                 "How long the supervisor's event loop was at work between two waits; time spent "
                 "waiting for a processor is left out.")
      .Distribution({}, LoopStats::kBoundsSeconds, loop.stalls, loop.sum_seconds);
  text.Gauge("espcap_loop_stall_max_seconds", "The longest of the last two minutes.")
      .Sample({}, loop.max_seconds);
}

void AddWork(Exposition& text, const WorkStats& work) {
  text.Gauge("espcap_workers_running", "Processes that read or dissect captures.")
      .Sample({}, uint64_t{work.workers});
  text.Counter("espcap_unreadable_files_total",
               "Files of which nothing could be read, though named, or by their names captures.")
      .Sample({}, work.unreadable_files);
  text.Counter("espcap_worker_restarts_total", "Workers that continued the work of one that died.")
      .Sample({}, work.worker_restarts);
  text.Counter("espcap_worker_sessions_replaced_total",
               "Sessions on a stream that had reached a limit and were followed by a fresh one.")
      .Sample({}, work.sessions_replaced);
  text.Gauge("espcap_batch_slots", "Slots for batches of documents.")
      .Sample({}, uint64_t{work.batch_slots});
  text.Gauge("espcap_batch_slots_free",
             "Slots that are neither being filled nor hold unsettled documents; none: the "
             "destination is slower than the workers.")
      .Sample({}, uint64_t{work.free_batch_slots});
  text.Gauge("espcap_batches_queued", "Filled batches that the destination hasn't accepted yet.")
      .Sample({}, uint64_t{work.batches_queued});
  text.Gauge("espcap_batches_kept_bytes", "Memory of batches that are not settled.")
      .Sample({}, uint64_t{work.batches_kept_bytes});
  text.Gauge("espcap_captures_waiting", "Captures that no worker has begun.")
      .Sample({}, uint64_t{work.captures_waiting});
  text.Gauge("espcap_captures_open", "Captures begun and not yet settled.")
      .Sample({}, uint64_t{work.captures_open});
}

// A series must be there once, though a node can be given twice.
using Nodes = std::map<std::string_view, NodeStats>;

Nodes NodesByUrl(const DeliveryStats& delivery) {
  Nodes nodes;
  for (const NodeStats& node : delivery.nodes) {
    const auto [place, is_new] = nodes.try_emplace(node.url, node);
    if (is_new) continue;
    NodeStats& sum = place->second;
    sum.resting = sum.resting && node.resting;
    sum.in_flight += node.in_flight;
    for (size_t i = 0; i < sum.requests.size(); ++i) sum.requests[i] += node.requests[i];
    sum.latency.sum_seconds += node.latency.sum_seconds;
    for (size_t i = 0; i < sum.latency.counts.size(); ++i) {
      sum.latency.counts[i] += node.latency.counts[i];
    }
  }
  return nodes;
}

void AddNodes(Exposition& text, const Nodes& nodes) {
  Family& healthy = text.Gauge("espcap_delivery_node_healthy",
                               "1: the node gets documents; 0: it failed and is left alone.");
  for (const auto& [url, node] : nodes) {
    healthy.Sample({{"node", url}}, uint64_t{node.resting ? 0U : 1U});
  }
  Family& in_flight =
      text.Gauge("espcap_delivery_requests_in_flight", "Requests sent and not yet answered.");
  for (const auto& [url, node] : nodes) in_flight.Sample({{"node", url}}, uint64_t{node.in_flight});
  Family& requests =
      text.Counter("espcap_delivery_requests_total", "Requests with documents, by how they ended.");
  for (const auto& [url, node] : nodes) {
    for (size_t outcome = 0; outcome < kOutcomeNames.size(); ++outcome) {
      requests.Sample({{"node", url}, {"outcome", kOutcomeNames[outcome]}}, node.requests[outcome]);
    }
  }
  Family& durations = text.Histogram("espcap_delivery_request_duration_seconds",
                                     "From a request's start to its end, however it ended.");
  for (const auto& [url, node] : nodes) {
    durations.Distribution({{"node", url}}, LatencyHistogram::kBoundSeconds, node.latency.counts,
                           node.latency.sum_seconds);
  }
}

void AddRetries(Exposition& text, const DeliveryStats& delivery) {
  Family& requests =
      text.Counter("espcap_delivery_retries_total",
                   "Requests after which documents had to be sent again, by the reason.");
  for (size_t reason = 0; reason < kReasonNames.size(); ++reason) {
    requests.Sample({{"reason", kReasonNames[reason]}}, delivery.retries[reason].requests);
  }
  Family& documents =
      text.Counter("espcap_delivery_documents_retried_total",
                   "Documents that had to be sent again, by the reason; each time counts.");
  for (size_t reason = 0; reason < kReasonNames.size(); ++reason) {
    documents.Sample({{"reason", kReasonNames[reason]}}, delivery.retries[reason].documents);
  }
}

void AddDelivery(Exposition& text, const DeliveryStats& delivery) {
  AddNodes(text, NodesByUrl(delivery));
  AddRetries(text, delivery);
  text.Counter("espcap_delivery_batches_total", "Batches of which every document is settled.")
      .Sample({}, delivery.batches);
  text.Gauge("espcap_delivery_batches_waiting", "Batches and parts of batches to be sent (again).")
      .Sample({}, uint64_t{delivery.batches_waiting});
  text.Counter("espcap_delivery_documents_sent_total",
               "Documents in requests, those sent again included.")
      .Sample({}, delivery.documents_sent);
  text.Counter("espcap_delivery_sent_bytes_total", "Bytes of request bodies, as they were sent.")
      .Sample({}, delivery.bytes_sent);
  text.Gauge("espcap_delivery_concurrency", "Requests that may be in flight at present.")
      .Sample({}, uint64_t{delivery.concurrency});
  if (delivery.request_bytes_limit != 0) {
    text.Gauge("espcap_delivery_request_limit_bytes",
               "The largest request the server accepts, learned when it refused one.")
        .Sample({}, delivery.request_bytes_limit);
  }
}

void AddSpool(Exposition& text, const SpoolStats& spool) {
  text.Gauge("espcap_spool_bytes", "Bytes of the spool on disk.").Sample({}, spool.bytes);
  text.Gauge("espcap_spool_limit_bytes", "The most that it may use.").Sample({}, spool.bytes_limit);
  text.Gauge("espcap_spool_documents", "Documents in the spool.").Sample({}, spool.documents);
  text.Gauge("espcap_spool_full", "1: the spool accepts no more; 0: it does.")
      .Sample({}, uint64_t{spool.full ? 1U : 0U});
}

void AddLag(Exposition& text, const std::vector<ConsumeStats::Partition>& partitions) {
  if (partitions.empty()) return;
  Family& lag = text.Gauge("espcap_consume_lag_messages",
                           "Messages that aren't settled, of those that the brokers have.");
  for (const ConsumeStats::Partition& partition : partitions) {
    lag.Sample({{"partition", std::to_string(partition.number)}}, partition.lag);
  }
}

void AddLosses(Exposition& text, const ConsumeStats& consumption) {
  if (consumption.lost.empty()) return;
  Family& lost = text.Counter("espcap_sensor_lost_total",
                              "Packets that a sensor lost, as it says in what it forwards.");
  for (const auto& [place, packets] : consumption.lost) {
    lost.Sample({{"sensor", place.sensor}, {"run", place.run}, {"interface", place.interface}},
                packets);
  }
}

void AddConsumption(Exposition& text, const ConsumeStats& consumption) {
  text.Gauge("espcap_consume_partitions", "Partitions of the topic that are this run's at present.")
      .Sample({}, uint64_t{consumption.partitions.size()});
  Family& unread = text.Gauge("espcap_consume_partitions_unread",
                              "Those that are not read, or no further, by the reason.");
  unread.Sample({{"reason", "document_lost"}}, uint64_t{consumption.failed_partitions});
  unread.Sample({{"reason", "memory"}}, uint64_t{consumption.waiting_partitions});
  AddLag(text, consumption.partitions);
  AddLosses(text, consumption);
  text.Counter("espcap_consume_rebalances_total", "Changes of this run's partitions.")
      .Sample({}, consumption.rebalances);
  text.Counter("espcap_consume_conversations_cut_total",
               "Conversations that a session knew when its partition went on without it.")
      .Sample({}, consumption.conversations_cut);
  text.Counter("espcap_consume_messages_total", "Messages that were taken.")
      .Sample({}, consumption.messages);
  text.Counter("espcap_consume_bytes_total", "Bytes of the messages that were taken.")
      .Sample({}, consumption.bytes);
  text.Counter("espcap_consume_damaged_messages_total",
               "Messages that could not be dissected, or not to their end: dead letters.")
      .Sample({}, consumption.damaged_messages);
  text.Counter("espcap_consume_deleted_messages_total",
               "Messages that the brokers deleted before they were read.")
      .Sample({}, consumption.deleted_messages);
}

}  // namespace

std::string FormatMetrics(const RunSnapshot& snapshot, const BuildInfo& build) {
  Exposition text;
  text.Gauge("espcap_build_info", "1; its labels say what runs.")
      .Sample({{"version", build.version}, {"libwireshark", build.libwireshark}}, uint64_t{1});
  AddLedger(text, snapshot.ledger);
  if (snapshot.live) AddLive(text, *snapshot.live);
  AddLoop(text, snapshot.loop);
  AddWork(text, snapshot.work);
  if (snapshot.consumption != nullptr) AddConsumption(text, *snapshot.consumption);
  if (snapshot.delivery != nullptr) {
    AddDelivery(text, *snapshot.delivery);
    if (snapshot.delivery->spool) AddSpool(text, *snapshot.delivery->spool);
  }
  return text.Text();
}

}  // namespace espcap::telemetry
