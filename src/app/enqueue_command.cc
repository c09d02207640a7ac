// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/enqueue_command.h"

#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "app/job_topics.h"
#include "app/run_origin.h"
#include "app/standard_output.h"
#include "base/event_loop.h"
#include "jobs/capture_job.h"
#include "jobs/dealing.h"
#include "jobs/job_result.h"
#include "kafka/answer_timeout.h"
#include "kafka/topic_reading.h"
#include "kafka/topic_writer.h"
#include "source/input_files.h"

namespace espcap::app {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMaxPending = 10'000;              // jobs that wait for the brokers
constexpr std::chrono::seconds kAcceptTimeout{60};  // without one that is accepted
constexpr milliseconds kTick{50};
constexpr int32_t kFewPartitions = 4;

int64_t MsOf(const timespec& time) {
  constexpr int64_t kMsASecond = 1000;
  constexpr int64_t kNsAMs = 1'000'000;
  return time.tv_sec * kMsASecond + time.tv_nsec / kNsAMs;
}

Result<jobs::CaptureJob> JobOf(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return Fail("enqueue {}: {}", path, std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode)) return Fail("enqueue {}: it is no regular file", path);
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  jobs::CaptureJob job;
  job.path = std::filesystem::absolute(path).lexically_normal();
  job.bytes = static_cast<uint64_t>(status.st_size);
  job.modified_ms = MsOf(status.st_mtim);
  job.enqueued_ms = MsOf(now);
  return job;
}

struct Captures {
  std::vector<jobs::CaptureJob> jobs;
  size_t others = 0;  // files in the directories that have another name
};

Result<Captures> FindCaptures(const cli::EnqueueSettings& settings) {
  std::vector<std::string> paths = settings.files;
  Captures captures;
  for (const std::string& directory : settings.directories) {
    const auto files = source::FilesOfDirectory(directory, settings.recursive);
    if (!files) return tl::unexpected(files.error());
    for (const std::string& path : *files) {
      source::IsCaptureName(path) ? paths.push_back(path) : void(++captures.others);
    }
  }
  for (const std::string& path : paths) {
    auto job = JobOf(path);
    if (!job) return Forward(std::move(job));
    captures.jobs.push_back(std::move(*job));
  }
  return captures;
}

// Waits for the brokers.
Result<void> SendAll(const std::vector<jobs::DealtJob>& dealt, const JobTopic& topic,
                     const std::string& sensor) {
  auto loop = base::EventLoop::Create();
  if (!loop) return Forward(std::move(loop));
  auto writer =
      kafka::TopicWriter::Start(**loop, topic.connection, topic.facts.max_message_bytes, sensor);
  if (!writer) return Forward(std::move(writer));
  size_t accepted = 0;
  auto last_accepted = (*loop)->Now();
  for (size_t next = 0; accepted < dealt.size();) {
    while (next < dealt.size() && (*writer)->pending() < kMaxPending) {
      const jobs::DealtJob& one = dealt[next++];
      (*writer)->Send(one.partition, jobs::KeyOf(one.job), jobs::FormatJob(one.job),
                      [&](int64_t /*offset*/) {
                        ++accepted;
                        last_accepted = (*loop)->Now();
                      });
    }
    (*loop)->RunOnce((*loop)->Now() + kTick);
    if (auto polled = (*writer)->Poll(); !polled) {
      return Fail("{}; {} of {} captures are enqueued", polled.error().message, accepted,
                  dealt.size());
    }
    if ((*loop)->Now() > last_accepted + kAcceptTimeout) {
      return Fail(
          "{}: no broker accepts jobs: {}; {} of {} captures are enqueued, and enqueueing "
          "them again does no harm",
          topic.connection.address.Text(), (*writer)->complaint(), accepted, dealt.size());
    }
  }
  return {};
}

Result<ExitStatus> Enqueue(const cli::EnqueueSettings& settings, kafka::Connection connection,
                           telemetry::Log& log) {
  auto captures = FindCaptures(settings);
  if (!captures) return Forward(std::move(captures));
  if (captures->jobs.empty()) {
    return Fail("enqueue: there is no capture; --dir names folders with captures, --file a file");
  }
  auto topic = InspectJobTopic(std::move(connection), log);
  if (!topic) return Forward(std::move(topic));
  if (topic->facts.partitions < kFewPartitions) {
    log.Warning(fmt::format(
        "{}: it has {} {}, which {} members at most can share; give it 4 for "
        "each member",
        topic->connection.address.Text(), topic->facts.partitions,
        topic->facts.partitions == 1 ? "partition" : "partitions", topic->facts.partitions));
  }
  auto origin = RunOriginOf({});
  if (!origin) return Forward(std::move(origin));
  uint64_t bytes = 0;
  for (const jobs::CaptureJob& job : captures->jobs) bytes += job.bytes;
  const auto dealt = jobs::Deal(std::move(captures->jobs), topic->facts.partitions);
  if (auto sent = SendAll(dealt, *topic, origin->sensor); !sent) return Forward(std::move(sent));
  log.Info(fmt::format("{} captures, {} bytes, enqueued on {} partitions", dealt.size(), bytes,
                       topic->facts.partitions));
  if (captures->others > 0) {
    log.Info(
        fmt::format("{} other files are left out: their names are no capture's", captures->others));
  }
  return ExitStatus::kComplete;
}

// A job that was tried by several members has one key, and its last result counts.
Result<ExitStatus> PrintStatus(const cli::EnqueueSettings& settings,
                               const kafka::Connection& connection, telemetry::Log& log) {
  if (settings.group.empty()) {
    return Fail("enqueue --status: which consumer group has the jobs? --group says it");
  }
  auto jobs_topic = InspectJobTopic(connection, log);
  if (!jobs_topic) return Forward(std::move(jobs_topic));
  const auto lag = kafka::AskLag(connection, jobs_topic->facts.partitions, settings.group,
                                 kafka::kAnswerTimeout);
  if (!lag) return tl::unexpected(lag.error());
  auto results = InspectJobTopic(OnSameBrokers(connection, settings.results_topic, kResults), log);
  if (!results) return Forward(std::move(results));
  std::map<std::string, bool, std::less<>> is_done;
  const auto read = kafka::ReadWholeTopic(
      results->connection, results->facts.partitions,
      [&is_done](std::string_view key, std::string_view value) {
        if (const auto result = jobs::ReadResult(value)) is_done[std::string(key)] = *result;
      },
      kafka::kAnswerTimeout);
  if (!read) return tl::unexpected(read.error());
  size_t done = 0;
  for (const auto& [key, is] : is_done) done += is ? 1 : 0;
  auto printed = PrintText(
      fmt::format("waiting  {}\ndone     {}\nfailed   {}\n", *lag, done, is_done.size() - done));
  if (!printed) return Forward(std::move(printed));
  return ExitStatus::kComplete;
}

}  // namespace

Result<ExitStatus> RunEnqueueCommand(const cli::EnqueueSettings& settings, telemetry::Log& log) {
  auto connection =
      JobConnection("--to", settings.to, settings.kafka, settings.kafka_password_file);
  if (!connection) return Forward(std::move(connection));
  if (settings.status) return PrintStatus(settings, *connection, log);
  return Enqueue(settings, std::move(*connection), log);
}

}  // namespace espcap::app
