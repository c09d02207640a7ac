// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/run_metrics.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <sstream>
#include <string>

namespace espcap::telemetry {
namespace {

using std::chrono::milliseconds;

const BuildInfo kBuild = {"1.2.3", "4.0.17"};

bool Has(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

TEST(RunMetrics, TellsTheLedgerUnderItsOutcomes) {
  RunSnapshot run;
  run.ledger.captured = 100;
  run.ledger.recovered = 10;
  run.ledger.filtered = 1;
  run.ledger.written = 2;
  run.ledger.indexed = 3;
  run.ledger.already_there = 4;
  run.ledger.dead_lettered = 5;
  run.ledger.spooled = 6;
  run.ledger.dropped = 7;
  run.ledger.failed = 8;
  run.ledger.abandoned = 9;
  run.ledger.kernel_dropped = 10;
  run.ledger.interface_dropped = 11;
  run.ledger.ring_dropped = 12;
  run.ledger.cut = 13;
  run.live.emplace();
  const std::string text = FormatMetrics(run, kBuild);
  for (const char* line : {
           "espcap_build_info{version=\"1.2.3\",libwireshark=\"4.0.17\"} 1",
           "espcap_packets_captured_total 100",
           "espcap_packets_recovered_total 10",
           "espcap_packets_settled_total{outcome=\"filtered\"} 1",
           "espcap_packets_settled_total{outcome=\"written\"} 2",
           "espcap_packets_settled_total{outcome=\"indexed\"} 3",
           "espcap_packets_settled_total{outcome=\"already_there\"} 4",
           "espcap_packets_settled_total{outcome=\"dead_lettered\"} 5",
           "espcap_packets_settled_total{outcome=\"spooled\"} 6",
           "espcap_packets_settled_total{outcome=\"dropped\"} 7",
           "espcap_packets_settled_total{outcome=\"failed\"} 8",
           "espcap_packets_settled_total{outcome=\"abandoned\"} 9",
           "espcap_packets_settled_total{outcome=\"kernel_dropped\"} 10",
           "espcap_packets_settled_total{outcome=\"interface_dropped\"} 11",
           "espcap_packets_settled_total{outcome=\"ring_dropped\"} 12",
           "espcap_documents_cut_total 13",
       }) {
    EXPECT_TRUE(Has(text, line)) << line;
  }
}

TEST(RunMetrics, TellsOfWorkers) {
  RunSnapshot run;
  run.work = {2, 3, 4, 8, 5, 6, 10, 7, 9, 0};
  const std::string text = FormatMetrics(run, kBuild);
  for (const char* line :
       {"espcap_workers_running 2", "espcap_worker_restarts_total 3",
        "espcap_worker_sessions_replaced_total 4", "espcap_batch_slots 8",
        "espcap_batch_slots_free 5", "espcap_batches_queued 6", "espcap_batches_kept_bytes 10",
        "espcap_captures_waiting 7", "espcap_captures_open 9"}) {
    EXPECT_TRUE(Has(text, line)) << line;
  }
}

DeliveryStats SomeDelivery() {
  DeliveryStats delivery;
  delivery.nodes.resize(2);
  delivery.nodes[0].url = "http://a:9200";
  delivery.nodes[0].in_flight = 3;
  delivery.nodes[0].Count(RequestOutcome::kAnswered, milliseconds(7));
  delivery.nodes[0].Count(RequestOutcome::kAnswered, milliseconds(5));
  delivery.nodes[0].Count(RequestOutcome::kTimeout, std::chrono::seconds(500));
  delivery.nodes[1].url = "http://b:9200";
  delivery.nodes[1].resting = true;
  delivery.Retries(RetryReason::kItem) = {1, 7};
  delivery.batches = 11;
  delivery.documents_sent = 1200;
  delivery.bytes_sent = 345678;
  delivery.batches_waiting = 2;
  delivery.concurrency = 6;
  return delivery;
}

TEST(RunMetrics, TellsOfDeliveryByNode) {
  const DeliveryStats delivery = SomeDelivery();
  RunSnapshot run;
  run.delivery = &delivery;
  const std::string text = FormatMetrics(run, kBuild);
  for (const char* line : {
           "espcap_delivery_node_healthy{node=\"http://a:9200\"} 1",
           "espcap_delivery_node_healthy{node=\"http://b:9200\"} 0",
           "espcap_delivery_requests_in_flight{node=\"http://a:9200\"} 3",
           "espcap_delivery_requests_total{node=\"http://a:9200\",outcome=\"answered\"} 2",
           "espcap_delivery_requests_total{node=\"http://a:9200\",outcome=\"timeout\"} 1",
           "espcap_delivery_requests_total{node=\"http://b:9200\",outcome=\"answered\"} 0",
           // A bound belongs to its bucket.
           "espcap_delivery_request_duration_seconds_bucket{node=\"http://a:9200\",le=\"0.005\"} 1",
           "espcap_delivery_request_duration_seconds_bucket{node=\"http://a:9200\",le=\"0.01\"} 2",
           "espcap_delivery_request_duration_seconds_bucket{node=\"http://a:9200\",le=\"120\"} 2",
           "espcap_delivery_request_duration_seconds_bucket{node=\"http://a:9200\",le=\"+Inf\"} 3",
           "espcap_delivery_request_duration_seconds_sum{node=\"http://a:9200\"} 500.012",
           "espcap_delivery_request_duration_seconds_count{node=\"http://a:9200\"} 3",
           "espcap_delivery_retries_total{reason=\"item\"} 1",
           "espcap_delivery_retries_total{reason=\"too_many_requests\"} 0",
           "espcap_delivery_documents_retried_total{reason=\"item\"} 7",
           "espcap_delivery_batches_total 11",
           "espcap_delivery_batches_waiting 2",
           "espcap_delivery_documents_sent_total 1200",
           "espcap_delivery_sent_bytes_total 345678",
           "espcap_delivery_concurrency 6",
       }) {
    EXPECT_TRUE(Has(text, line)) << line;
  }
}

TEST(RunMetrics, LeavesOutWhatThereIsNone) {
  DeliveryStats delivery = SomeDelivery();
  RunSnapshot run;
  EXPECT_EQ(FormatMetrics(run, kBuild).find("espcap_delivery_"), std::string::npos);
  run.delivery = &delivery;
  const std::string plain = FormatMetrics(run, kBuild);
  EXPECT_EQ(plain.find("espcap_spool_"), std::string::npos);
  EXPECT_EQ(plain.find("espcap_delivery_request_limit_bytes"), std::string::npos);
  delivery.spool = {100, 1000, 5, true};
  delivery.request_bytes_limit = 1048576;
  const std::string text = FormatMetrics(run, kBuild);
  for (const char* line :
       {"espcap_spool_bytes 100", "espcap_spool_limit_bytes 1000", "espcap_spool_documents 5",
        "espcap_spool_full 1", "espcap_delivery_request_limit_bytes 1048576"}) {
    EXPECT_TRUE(Has(text, line)) << line;
  }
}

// Prometheus refuses all of a text that has one series, or one family, twice.
TEST(RunMetrics, HasEachSeriesOnceThoughANodeIsGivenTwice) {
  DeliveryStats delivery = SomeDelivery();
  delivery.nodes.push_back(delivery.nodes[0]);
  delivery.nodes.back().resting = true;
  delivery.nodes.back().Count(RequestOutcome::kAnswered, milliseconds(1));
  RunSnapshot run;
  run.delivery = &delivery;
  const std::string text = FormatMetrics(run, kBuild);
  std::set<std::string> seen;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool is_sample = line.front() != '#';
    const auto is_new = seen.insert(is_sample ? line.substr(0, line.rfind(' ')) : line).second;
    EXPECT_TRUE(is_new) << line;
  }
  EXPECT_TRUE(Has(text, "espcap_delivery_node_healthy{node=\"http://a:9200\"} 1"));
  EXPECT_TRUE(Has(text, "espcap_delivery_requests_in_flight{node=\"http://a:9200\"} 6"));
  EXPECT_TRUE(
      Has(text, "espcap_delivery_requests_total{node=\"http://a:9200\",outcome=\"answered\"} 5"));
  EXPECT_TRUE(
      Has(text, "espcap_delivery_request_duration_seconds_count{node=\"http://a:9200\"} 7"));
}

}  // namespace
}  // namespace espcap::telemetry
