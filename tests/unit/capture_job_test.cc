// SPDX-License-Identifier: GPL-2.0-or-later
#include "jobs/capture_job.h"

#include <gtest/gtest.h>

#include <string>

#include "jobs/dealing.h"
#include "jobs/job_policy.h"
#include "jobs/job_result.h"

namespace espcap::jobs {
namespace {

CaptureJob Job(std::string path, uint64_t bytes = 0) {
  CaptureJob job;
  job.path = std::move(path);
  job.bytes = bytes;
  job.modified_ms = 1'700'000'000'123;
  job.enqueued_ms = 1'700'000'001'000;
  return job;
}

TEST(CaptureJob, SurvivesTheMessage) {
  for (const char* path : {"/a/b.pcap", "/a/\xff%41\n.pcap", "/\u00fc"}) {
    CaptureJob job = Job(path, uint64_t{1} << 60U);
    job.attempt = 2;
    job.last_failure = "no such file";
    const auto read = ParseJob(FormatJob(job));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->path, path);
    EXPECT_EQ(read->bytes, job.bytes);
    EXPECT_EQ(read->modified_ms, job.modified_ms);
    EXPECT_EQ(read->enqueued_ms, job.enqueued_ms);
    EXPECT_EQ(read->attempt, 2U);
    EXPECT_EQ(read->last_failure, "no such file");
  }
}

TEST(CaptureJob, OfAStrangerIsAnError) {
  struct Case {
    std::string message;
    const char* fault;
  };
  const std::string rest = R"(,"bytes":1,"modified_ms":1,"attempt":1})";
  const Case cases[] = {
      {"", "it is"},
      {"no JSON", "it is"},
      {"[1]", "it is no JSON object"},
      {"{}", "its path is missing"},
      {R"({"path":7)" + rest, "its path is missing"},
      {R"({"path":"a/b")" + rest, "its path is not absolute"},
      {R"({"path":"/a%00b")" + rest, "its path has a zero byte"},
      {R"({"path":"/)" + std::string(5000, 'x') + '"' + rest, "its path is longer than"},
      {R"({"path":"/a","bytes":-1,"modified_ms":1,"attempt":1})", "its bytes or modified_ms"},
      {R"({"path":"/a","bytes":1,"attempt":1})", "its bytes or modified_ms"},
      {R"({"path":"/a","bytes":1,"modified_ms":1,"attempt":0})", "its attempt"},
      {R"({"path":"/a","bytes":1,"modified_ms":1,"attempt":1e9})", "its attempt"},
      {R"({"path":"/a","x":)" + std::string(100, '[') + std::string(100, ']') + rest, "it is"},
      {R"({"path":"/)" + std::string(40000, 'x') + '"' + rest, "it is"},
  };
  for (const Case& c : cases) {
    const auto read = ParseJob(c.message);
    ASSERT_FALSE(read) << c.message.substr(0, 100);
    EXPECT_NE(read.error().message.find(c.fault), std::string::npos) << read.error().message;
  }
}

TEST(CaptureJob, HasOneKeyHoweverOftenItIsEnqueued) {
  CaptureJob again = Job("/a", 5);
  again.attempt = 2;
  again.enqueued_ms += 1;
  EXPECT_EQ(KeyOf(Job("/a", 5)), KeyOf(again));
  EXPECT_NE(KeyOf(Job("/a", 5)), KeyOf(Job("/a", 6)));
  EXPECT_NE(KeyOf(Job("/a", 5)), KeyOf(Job("/b", 5)));
}

TEST(Dealing, GivesEachPartitionItsShareByFallingSize) {
  const auto dealt =
      Deal({Job("/1", 10), Job("/2", 50), Job("/4", 30), Job("/3", 30), Job("/5", 1)}, 2);
  std::vector<std::pair<std::string, int32_t>> order;
  for (const DealtJob& one : dealt) order.emplace_back(one.job.path, one.partition);
  const std::vector<std::pair<std::string, int32_t>> expected = {
      {"/2", 0}, {"/3", 1}, {"/4", 0}, {"/1", 1}, {"/5", 0}};
  EXPECT_EQ(order, expected);
}

TEST(JobPolicy, TriesAJobTwice) {
  using Kind = CaptureEnd::Kind;
  struct Case {
    Kind end;
    uint32_t attempt;
    JobAction action;
  };
  const Case cases[] = {
      {Kind::kDone, 1, JobAction::kSettle},       {Kind::kDone, 2, JobAction::kSettle},
      {Kind::kFailed, 1, JobAction::kAgain},      {Kind::kFailed, 2, JobAction::kDeadLetter},
      {Kind::kFailed, 9, JobAction::kDeadLetter}, {Kind::kInterrupted, 1, JobAction::kLeave},
      {Kind::kInterrupted, 2, JobAction::kLeave},
  };
  for (const Case& c : cases) EXPECT_EQ(ActionFor(c.end, c.attempt), c.action);
}

TEST(JobResult, IsReadBack) {
  JobResult result;
  result.job = Job("/a", 5);
  result.is_done = true;
  EXPECT_EQ(ReadResult(FormatResult(result, {"run", "sensor"})), true);
  result.is_done = false;
  result.failure = "cut short \xff";
  EXPECT_EQ(ReadResult(FormatResult(result, {"run", "sensor"})), false);
  for (const char* other :
       {"", "{}", "[]", R"({"outcome":"neither"})", R"({"run":"x","ledger":{}})"}) {
    EXPECT_EQ(ReadResult(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace espcap::jobs
