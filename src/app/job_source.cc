// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/job_source.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/archive_files.h"
#include "app/destination_kind.h"
#include "app/group_leave.h"
#include "app/job_topics.h"
#include "app/ledger_members.h"
#include "app/run_options.h"

namespace espcap::app {
namespace {

Result<void> CheckUnused(const cli::CaptureSettings& settings) {
  const cli::JobSettings& jobs = settings.jobs;
  const bool consumes = !settings.from.empty();
  const std::pair<const char*, bool> given[] = {
      {"--group", !jobs.group.empty() && !consumes},
      {"--archive-root", !jobs.archive_roots.empty()},
      {"--archive-map", !jobs.archive_maps.empty()},
      {"--results-topic", !jobs.results_topic.empty()},
      {"--dead-letter-topic", !jobs.dead_letter_topic.empty() && !consumes},
      {"--stop-at-end", jobs.stop_at_end && !consumes},
      {"--kafka-password-file", !jobs.kafka_password_file.empty() && !consumes}};
  for (const auto& [name, is_given] : given) {
    if (is_given) return Fail("{}: there are no jobs; give --jobs kafka://BROKER/TOPIC", name);
  }
  return {};
}

// Which file a job means: below the folders of this machine's archive, and by no link.
Result<std::string> FindCapture(const retrieve::ArchiveRoots& roots, const std::string& path) {
  const auto found = roots.OpenFile(path);
  if (!found) return Fail("{}", found.error().message);
  if (!found->member.empty()) return Fail("it is in no folder");
  return roots.PlaceOf(path);
}

std::string SummaryOf(const encode::RunOrigin& origin, const Ledger& ledger) {
  const nlohmann::json summary = {
      {"run", origin.run}, {"sensor", origin.sensor}, {"ledger", LedgerMembers(ledger)}};
  return summary.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Result<void> CheckJobOptions(const cli::CaptureSettings& settings) {
  const cli::JobSettings& jobs = settings.jobs;
  if (jobs.address.empty()) return CheckUnused(settings);
  if (auto address =
          JobConnection("--jobs", jobs.address, settings.kafka, jobs.kafka_password_file);
      !address) {
    return Forward(std::move(address));
  }
  if (!settings.files.empty() || !settings.directories.empty() || !settings.interfaces.empty()) {
    return Fail("--jobs: the captures are those of the topic; leave out --file, --dir and --nic");
  }
  if (!settings.forward.empty()) {
    return Fail("--forward: captures of jobs are dissected here; leave out --jobs or --forward");
  }
  if (jobs.group.empty()) {
    return Fail("--jobs: the group is missing that shares the jobs out; give --group NAME");
  }
  if (jobs.archive_roots.empty()) {
    return Fail("--jobs: no folder is given in which captures may be opened; give --archive-root");
  }
  if (!IsRemote(settings)) {
    return Fail("--jobs: documents go to a server or a topic; give --node, or --output kafka://…");
  }
  const std::pair<const char*, bool> refused[] = {{"--watch", settings.watch},
                                                  {"--spool", !settings.spool.empty()},
                                                  {"--resume", !settings.resume.empty()},
                                                  {"--count", settings.count != 0},
                                                  {"--after", settings.after != "keep"}};
  for (const auto& [name, is_given] : refused) {
    if (is_given) {
      return Fail("{}: it does not go with --jobs, which keeps account itself; leave it out", name);
    }
  }
  return {};
}

Result<std::unique_ptr<jobs::JobConsumer>> OpenJobs(const cli::CaptureSettings& settings,
                                                    const encode::RunOrigin& origin,
                                                    base::EventLoop& loop, telemetry::Log& log) {
  const cli::JobSettings& given = settings.jobs;
  if (given.address.empty()) return nullptr;
  auto maps = ParseArchiveMaps(given.archive_maps);
  if (!maps) return Forward(std::move(maps));
  auto roots = retrieve::ArchiveRoots::Open(given.archive_roots, std::move(*maps));
  if (!roots) return Forward(std::move(roots));
  auto connection =
      JobConnection("--jobs", given.address, settings.kafka, given.kafka_password_file);
  if (!connection) return Forward(std::move(connection));
  auto topic = InspectJobTopic(std::move(*connection), log);
  if (!topic) return Forward(std::move(topic));
  const auto open_writer = [&](const std::string& name,
                               const char* ending) -> Result<std::unique_ptr<kafka::TopicWriter>> {
    auto topic_of_name = InspectJobTopic(OnSameBrokers(topic->connection, name, ending), log);
    if (!topic_of_name) return Forward(std::move(topic_of_name));
    return kafka::TopicWriter::Start(loop, topic_of_name->connection,
                                     topic_of_name->facts.max_message_bytes, origin.sensor);
  };
  jobs::JobConsumer::Topics topics;
  auto results = open_writer(given.results_topic, kResults);
  if (!results) return Forward(std::move(results));
  topics.results = std::move(*results);
  auto dead_letters = open_writer(given.dead_letter_topic, kDeadLetters);
  if (!dead_letters) return Forward(std::move(dead_letters));
  topics.dead_letters = std::move(*dead_letters);
  auto retries = kafka::TopicWriter::Start(loop, topic->connection, topic->facts.max_message_bytes,
                                           origin.sensor);
  if (!retries) return Forward(std::move(retries));
  topics.retries = std::move(*retries);
  auto ends = EndsToStopAt(given, topic->connection, topic->facts.partitions);
  if (!ends) return Forward(std::move(ends));
  auto consumer = kafka::Consumer::Start(topic->connection, {.group = given.group});
  if (!consumer) return Forward(std::move(consumer));
  topics.jobs = std::move(*consumer);
  jobs::JobConsumer::Options options{
      topic->connection.address.Text(),
      std::string(kafka::ValueOf(topic->connection.properties, "sasl.mechanism")),
      {origin.run, origin.sensor},
      size_t{2} * WorkersOf(settings),
      std::move(*ends)};
  jobs::JobConsumer::Hooks hooks{
      [roots = std::make_shared<const retrieve::ArchiveRoots>(std::move(*roots))](
          const std::string& path) { return FindCapture(*roots, path); },
      [messages = telemetry::RateLimited(log, telemetry::Log::Level::kWarning, "the jobs")](
          const std::string& message) { messages.Report(message); }};
  log.Info(fmt::format("jobs from {}, group {}", options.name, given.group));
  return std::make_unique<jobs::JobConsumer>(loop, std::move(options), std::move(topics),
                                             std::move(hooks));
}

void CloseJobs(jobs::JobConsumer& consumer, const encode::RunOrigin& origin, const Ledger& ledger,
               base::EventLoop& loop, telemetry::Log& log) {
  consumer.SendSummary(SummaryOf(origin, ledger));
  LeaveGroup(consumer, loop, log);
}

}  // namespace espcap::app
