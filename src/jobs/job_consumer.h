// SPDX-License-Identifier: GPL-2.0-or-later
//
// A member of a group that shares jobs out: which captures this run is to dissect, and what is told
// of each once it is settled. A job is committed when its result is with the brokers. One thread;
// nothing waits.
#ifndef ESPCAP_JOBS_JOB_CONSUMER_H_
#define ESPCAP_JOBS_JOB_CONSUMER_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/event_loop.h"
#include "base/file_descriptor.h"
#include "base/poll_service.h"
#include "espcap/capture_end.h"
#include "espcap/file_watch.h"
#include "espcap/result.h"
#include "jobs/capture_job.h"
#include "jobs/job_result.h"
#include "kafka/consumer.h"
#include "kafka/group_commits.h"
#include "kafka/group_end.h"
#include "kafka/offset_progress.h"
#include "kafka/topic_writer.h"

namespace espcap::jobs {

class JobConsumer : public base::PollService {
 public:
  struct Options {
    std::string name;       // of the topic with the jobs
    std::string mechanism;  // of SASL
    Member member;
    size_t max_open = 1;  // captures that are dissected at a time, or wait for it
    // By partition, where jobs ended at the start: the run ends when none waits. None: it doesn't.
    std::vector<int64_t> ends;
  };
  struct Topics {
    std::unique_ptr<kafka::Consumer> jobs;
    std::unique_ptr<kafka::TopicWriter> retries;  // to the same topic
    std::unique_ptr<kafka::TopicWriter> results;
    std::unique_ptr<kafka::TopicWriter> dead_letters;
  };
  struct Hooks {
    // Where the capture lies here, or why it may not be read.
    std::function<Result<std::string>(const std::string& path)> find;
    std::function<void(const std::string&)> warn;
  };

  // The loop is borrowed.
  JobConsumer(base::EventLoop& loop, Options options, Topics topics, Hooks hooks);

  // What arrives for this run; borrows this.
  std::unique_ptr<FileWatch> MakeWatch();
  void NoteEnd(const CaptureEnd& end);
  // Of the run, under its own key.
  void SendSummary(std::string text) const;

  // No more jobs. Serve() until has_left(): what is told so far is written and committed.
  void Leave() { is_leaving_ = true; }
  [[nodiscard]] bool has_left() const { return topics_.jobs->has_left(); }

  [[nodiscard]] int fd() const override { return topics_.jobs->fd(); }
  [[nodiscard]] std::chrono::milliseconds NextTimeout() const override;
  void Serve() override;

 private:
  class Watch;

  struct Open {
    CaptureJob job;
    int32_t partition = 0;
    int64_t offset = 0;
    uint64_t assignment = 0;  // of the partition: after another one it isn't ours to settle
    int64_t started_ms = 0;
  };
  struct Partition {
    kafka::OffsetProgress progress;
    uint64_t assignment = 0;
    int64_t end = -1;   // that the brokers told of last, once every message before it was told
    int64_t known = 0;  // the offset behind the last message that is known to be there

    [[nodiscard]] bool is_at_end() const { return end >= known; }
    void Know(int64_t offset) { known = std::max(known, offset + 1); }
  };

  Result<FileWatch::Arrivals> TakeArrivals();
  [[nodiscard]] bool IsAtEnd() const;
  // Every job of its own partitions is done, or was given up.
  [[nodiscard]] bool OwnAreDone() const;
  void Handle(const kafka::Consumer::Events& events);
  void Accept(const kafka::ConsumedMessage& message);
  void Finish(const Open& open, CaptureEnd::Kind kind, const std::string& failure,
              uint64_t packets);
  void WriteDeadLetter(const DeadLetter& letter,
                       kafka::TopicWriter::Acknowledged acknowledged) const;
  // `is_again`: what is written is the same job, in its partition.
  [[nodiscard]] kafka::TopicWriter::Acknowledged SettleLater(const Open& open,
                                                             bool is_again = false);
  [[nodiscard]] bool IsOurs(const Open& open) const;
  // What brokers have not answered yet.
  [[nodiscard]] size_t Pending() const;
  void LimitBacklog();

  Options options_;
  Topics topics_;
  Hooks hooks_;
  base::EventLoop& loop_;
  kafka::GroupEnd end_;
  base::FileDescriptor arrived_;  // readable: TakeArrivals() has something to tell
  std::map<int32_t, Partition> partitions_;
  uint64_t assignments_ = 0;
  std::deque<Open> backlog_;
  std::unordered_map<std::string, Open> open_;  // by the capture's place here
  kafka::GroupCommits commits_;
  bool is_paused_ = false;
  bool is_leaving_ = false;
  std::string failure_;  // why no job can be accepted any more; empty: they can
};

}  // namespace espcap::jobs

#endif  // ESPCAP_JOBS_JOB_CONSUMER_H_
