// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/status_lines.h"

#include <gtest/gtest.h>

namespace espcap::telemetry {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using Lines = std::vector<std::string>;

TEST(StatusLines, OfARunToAFile) {
  RunSnapshot run;
  run.ledger.captured = 100;
  run.ledger.written = 60;
  run.work = {2, 1, 0, 4, 3, 0, 0, 7, 1};
  EXPECT_EQ(StatusLines(run, duration<double>(1.5)),
            (Lines{"so far: 100 packets captured, 60 written, 0 failed, 40 under way; 1.50 s",
                   "workers: 2 running, 1 restarted, 0 sessions replaced; batch slots: 3 of 4 "
                   "free, 0 batches queued; captures: 7 waiting, 1 open"}));
}

TEST(StatusLines, OfARunToServers) {
  DeliveryStats delivery;
  delivery.nodes.resize(2);
  delivery.nodes[0].url = "http://a:9200";
  delivery.nodes[0].in_flight = 2;
  delivery.nodes[1].url = "http://b:9200";
  delivery.nodes[1].resting = true;
  delivery.nodes[1].Count(RequestOutcome::kAnswered, milliseconds(100));
  delivery.nodes[1].Count(RequestOutcome::kTooManyRequests, milliseconds(300));
  delivery.batches = 1;
  delivery.documents_sent = 1000;
  delivery.bytes_sent = 12345;
  delivery.concurrency = 4;
  RunSnapshot run;
  run.delivery = &delivery;
  run.destination = Destination::kServer;
  run.ledger.captured = run.ledger.indexed = 5;
  Lines lines = StatusLines(run, duration<double>(2));
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0],
            "so far: 5 packets captured, 5 indexed, 0 already there, 0 failed, 0 under way; "
            "2.00 s");
  EXPECT_EQ(lines[2], "node http://a:9200: healthy, 2 requests in flight");
  EXPECT_EQ(lines[3],
            "node http://b:9200: resting, 0 requests in flight, 1 answered, 1 too many requests; "
            "0.200 s each");
  EXPECT_EQ(lines[4],
            "delivery: 1 batches settled, 1000 documents in 12345 bytes sent; 0 batches wait, up "
            "to 4 requests at a time");

  delivery.Retries(RetryReason::kTooManyRequests) = {1, 1000};
  delivery.Retries(RetryReason::kBlocked) = {1, 7};
  delivery.request_bytes_limit = 1048576;
  delivery.nodes[0].resting = true;
  run.unhealthy_reason = "no node can be reached";
  lines = StatusLines(run, duration<double>(2));
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines[4],
            "delivery: 1 batches settled, 1000 documents in 12345 bytes sent; 0 batches wait, up "
            "to 4 requests at a time of 1048576 bytes; documents sent again: 1000 for too many "
            "requests, 7 for blocked");
  EXPECT_EQ(lines[5], "health: no node can be reached");

  delivery.spool = {400, 500, 3, false};
  run.unhealthy_reason.clear();
  EXPECT_EQ(StatusLines(run, duration<double>(2)).back(), "spool: 3 documents, 400 of 500 bytes");
  delivery.spool->full = true;
  run.unhealthy_reason = "the spool accepts no more documents";
  lines = StatusLines(run, duration<double>(2));
  ASSERT_EQ(lines.size(), 7U);
  EXPECT_EQ(lines[5], "spool: 3 documents, 400 of 500 bytes, full");
  EXPECT_EQ(lines[6], "health: the spool accepts no more documents");
}

}  // namespace
}  // namespace espcap::telemetry
