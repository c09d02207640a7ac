// SPDX-License-Identifier: GPL-2.0-or-later
#include "jobs/job_consumer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/event_fd.h"
#include "jobs/job_policy.h"
#include "kafka/failure.h"

namespace espcap::jobs {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMostBacklog = 256;  // jobs that are held, before fetching is paused
constexpr size_t kLeastBacklog = 32;
constexpr milliseconds kSoon{20};  // brokers answer about then
constexpr milliseconds kLook{1000};

int64_t NowMs() {
  return std::chrono::duration_cast<milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

class JobConsumer::Watch : public FileWatch {
 public:
  explicit Watch(JobConsumer& jobs) : jobs_(jobs) {}

  [[nodiscard]] int fd() const override { return jobs_.arrived_.get(); }
  [[nodiscard]] bool AtEnd() const override { return jobs_.IsAtEnd(); }
  [[nodiscard]] Result<Arrivals> ReadArrivals() override { return jobs_.TakeArrivals(); }

 private:
  JobConsumer& jobs_;
};

JobConsumer::JobConsumer(base::EventLoop& loop, Options options, Topics topics, Hooks hooks)
    : options_(std::move(options)),
      topics_(std::move(topics)),
      hooks_(std::move(hooks)),
      loop_(loop),
      end_(std::move(options_.ends), topics_.jobs->session_timeout(), loop.Now()),
      arrived_(base::MakeEventFd()) {}

std::unique_ptr<FileWatch> JobConsumer::MakeWatch() { return std::make_unique<Watch>(*this); }

size_t JobConsumer::Pending() const {
  return topics_.retries->pending() + topics_.results->pending() + topics_.dead_letters->pending() +
         commits_.under_way();
}

milliseconds JobConsumer::NextTimeout() const {
  return Pending() > 0 || is_leaving_ ? kSoon : kLook;
}

void JobConsumer::Serve() {
  Handle(topics_.jobs->Drain());
  end_.Note(*topics_.jobs, partitions_, OwnAreDone() && !is_leaving_, loop_.Now());
  for (kafka::TopicWriter* writer :
       {topics_.retries.get(), topics_.results.get(), topics_.dead_letters.get()}) {
    const auto written = writer->Poll();
    if (!written && failure_.empty()) failure_ = written.error().message;
    if (!writer->complaint().empty()) hooks_.warn(writer->complaint());
  }
  LimitBacklog();
  commits_.Send(*topics_.jobs, partitions_);
  const bool has_room = !backlog_.empty() && open_.size() < options_.max_open;
  if (has_room || !failure_.empty() || IsAtEnd()) base::SignalEventFd(arrived_.get());
  const bool may_leave = Pending() == 0 && !topics_.jobs->joining().is_joining();
  if (is_leaving_ && (may_leave || !failure_.empty())) topics_.jobs->Leave();
}

void JobConsumer::Handle(const kafka::Consumer::Events& events) {
  for (const int32_t partition : events.assigned) {
    partitions_[partition].assignment = ++assignments_;
  }
  for (const kafka::ConsumedMessage& message : events.messages) Accept(message);
  for (const auto& [partition, offset] : events.ends) {
    const auto found = partitions_.find(partition);
    if (found != partitions_.end()) found->second.end = offset;
  }
  for (const int32_t partition : events.revoked) {
    partitions_.erase(partition);
    std::erase_if(backlog_, [partition](const Open& open) { return open.partition == partition; });
  }
  end_.NoteCommitted(events.committed);
  commits_.Handle(events.commits, partitions_, hooks_.warn);
  for (const kafka::ErrorReport& error : events.errors) {
    if (kafka::IsForGood(error.error) && failure_.empty()) {
      failure_ = fmt::format(
          "{}: {}", options_.name,
          kafka::Explain(error.error, error.reason, options_.mechanism, rd_kafka_version()));
    } else {
      hooks_.warn(error.reason);
    }
  }
}

void JobConsumer::Accept(const kafka::ConsumedMessage& message) {
  const auto found = partitions_.find(message.partition);
  if (found == partitions_.end()) return;
  Partition& partition = found->second;
  partition.Know(message.offset);
  partition.progress.Take(message.offset);
  Open open{{}, message.partition, message.offset, partition.assignment, 0};
  auto job = ParseJob(message.value);
  if (job) {
    open.job = std::move(*job);
    return backlog_.push_back(std::move(open));
  }
  hooks_.warn(fmt::format("{}: partition {}, offset {}: {}; it goes to the dead letters",
                          options_.name, message.partition, message.offset, job.error().message));
  WriteDeadLetter({message.value, message.partition, message.offset, job.error().message},
                  SettleLater(open));
}

// One capture isn't read twice at a time: what is enqueued twice waits.
Result<FileWatch::Arrivals> JobConsumer::TakeArrivals() {
  if (!failure_.empty()) return Fail("{}", failure_);
  FileWatch::Arrivals arrivals;
  arrivals.may_be_other_files = false;
  for (auto next = backlog_.begin(); next != backlog_.end() && open_.size() < options_.max_open;) {
    auto place = hooks_.find(next->job.path);
    if (place && open_.contains(*place)) {
      ++next;
      continue;
    }
    Open open = std::move(*next);
    next = backlog_.erase(next);
    open.started_ms = NowMs();
    if (place) {
      open_.emplace(*place, std::move(open));
      arrivals.files.push_back(std::move(*place));
    } else {
      arrivals.problems.push_back(fmt::format("{}: {}", open.job.path, place.error().message));
      Finish(open, CaptureEnd::Kind::kFailed, place.error().message, 0);
    }
  }
  return arrivals;
}

bool JobConsumer::OwnAreDone() const {
  return backlog_.empty() && open_.empty() && topics_.retries->pending() == 0 &&
         std::all_of(partitions_.begin(), partitions_.end(),
                     [](const auto& entry) { return entry.second.is_at_end(); });
}

bool JobConsumer::IsAtEnd() const {
  return OwnAreDone() && end_.IsReached(partitions_, loop_.Now());
}

void JobConsumer::NoteEnd(const CaptureEnd& end) {
  const auto found = open_.find(end.name);
  if (found == open_.end()) return;
  const Open open = std::move(found->second);
  open_.erase(found);
  Finish(open, end.kind, end.failure, end.packets);
}

// A job whose partition another member has now is that member's to tell of.
void JobConsumer::Finish(const Open& open, CaptureEnd::Kind kind, const std::string& failure,
                         uint64_t packets) {
  if (!IsOurs(open)) return;
  JobResult result{open.job, kind == CaptureEnd::Kind::kDone, failure, packets, open.started_ms,
                   NowMs()};
  switch (ActionFor(kind, open.job.attempt)) {
    case JobAction::kLeave:
      return;
    case JobAction::kAgain: {
      CaptureJob again = open.job;
      ++again.attempt;
      again.last_failure = failure;
      return topics_.retries->Send(open.partition, KeyOf(again), FormatJob(again),
                                   SettleLater(open, true));
    }
    case JobAction::kDeadLetter:
      return WriteDeadLetter(
          {FormatJob(open.job), open.partition, open.offset, failure},
          [this, result = std::move(result), settle = SettleLater(open)](int64_t /*offset*/) {
            topics_.results->Send(kafka::kPartitionOfKey, KeyOf(result.job),
                                  FormatResult(result, options_.member), settle);
          });
    case JobAction::kSettle:
      topics_.results->Send(kafka::kPartitionOfKey, KeyOf(result.job),
                            FormatResult(result, options_.member), SettleLater(open));
  }
}

void JobConsumer::WriteDeadLetter(const DeadLetter& letter,
                                  kafka::TopicWriter::Acknowledged acknowledged) const {
  std::string key = fmt::format("{}-{}", letter.partition, letter.offset);
  topics_.dead_letters->Send(kafka::kPartitionOfKey, std::move(key),
                             FormatDeadLetter(letter, options_.member), std::move(acknowledged));
}

void JobConsumer::SendSummary(std::string text) const {
  topics_.results->Send(kafka::kPartitionOfKey, options_.member.run, std::move(text), {});
}

kafka::TopicWriter::Acknowledged JobConsumer::SettleLater(const Open& open, bool is_again) {
  return [this, is_again, partition = open.partition, offset = open.offset,
          assignment = open.assignment](int64_t written) {
    const auto found = partitions_.find(partition);
    if (found == partitions_.end() || found->second.assignment != assignment) return;
    // An end that brokers have told of meanwhile may be before it.
    if (is_again) found->second.Know(written);
    found->second.progress.Settle(offset);
  };
}

bool JobConsumer::IsOurs(const Open& open) const {
  const auto found = partitions_.find(open.partition);
  return found != partitions_.end() && found->second.assignment == open.assignment;
}

void JobConsumer::LimitBacklog() {
  if (!is_paused_ && (backlog_.size() >= kMostBacklog || is_leaving_)) {
    is_paused_ = true;
    topics_.jobs->Pause();
  } else if (is_paused_ && backlog_.size() <= kLeastBacklog && !is_leaving_) {
    is_paused_ = false;
    topics_.jobs->Resume();
  }
}

}  // namespace espcap::jobs
