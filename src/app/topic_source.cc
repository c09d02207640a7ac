// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/topic_source.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <utility>

#include "app/job_topics.h"
#include "app/message_letter_file.h"
#include "base/secret.h"
#include "consume/letter_topic.h"
#include "kafka/answer_timeout.h"
#include "kafka/topic_writer.h"
#include "process/forked_task.h"
#include "process/memory_budget.h"

namespace espcap::app {
namespace {

constexpr int32_t kMostPartitions = 256;  // each has a process

Result<kafka::Connection> SourceConnection(const cli::CaptureSettings& settings) {
  return JobConnection("--from", settings.from, settings.kafka, settings.jobs.kafka_password_file);
}

// Its ends and warnings, as text.
Result<std::string> DescribeExtent(const cli::CaptureSettings& settings) {
  auto connection = SourceConnection(settings);
  if (!connection) return Forward(std::move(connection));
  const auto facts = kafka::InspectTopic(*connection, kafka::kAnswerTimeout);
  if (!facts) return tl::unexpected(facts.error());
  const std::string name = connection->address.Text();
  if (facts->partitions > kMostPartitions) {
    return Fail("{}: it has {} partitions; {} are the most that can be read", name,
                facts->partitions, kMostPartitions);
  }
  const auto ends = EndsToStopAt(settings.jobs, *connection, facts->partitions);
  if (!ends) return tl::unexpected(ends.error());
  std::string text = fmt::format("{} {}\n", facts->partitions, fmt::join(*ends, " "));
  for (const std::string& warning : facts->warnings) text += warning + "\n";
  return text;
}

}  // namespace

Result<void> CheckFrom(const cli::CaptureSettings& settings) {
  if (auto connection = SourceConnection(settings); !connection) {
    return Forward(std::move(connection));
  }
  if (!settings.files.empty() || !settings.directories.empty() || !settings.interfaces.empty()) {
    return Fail("--from: the packets are those of the topic; leave out --file, --dir and --nic");
  }
  if (!settings.forward.empty()) {
    return Fail("--forward: packets of a topic are dissected here; leave out --from or --forward");
  }
  if (settings.jobs.group.empty()) {
    return Fail("--from: the group is missing that shares the partitions out; give --group NAME");
  }
  if (!settings.spool.empty()) {
    return Fail("--spool: with --from the topic keeps what is not delivered; leave it out");
  }
  if (settings.format == "text") {
    return Fail("--format text: it numbers the packets one after another; leave --from out");
  }
  const std::pair<const char*, bool> refused[] = {
      {"--workers, each partition has a worker of its own", settings.workers != 0},
      {"--ordered, partitions come in no order", settings.ordered.value_or(false)},
      {"--shards, the partitions share the packets", settings.shards > 1},
      {"--two-pass, packets come once", settings.two_pass},
      {"--count, a message is taken as a whole", settings.count != 0},
      {"--resume, the group keeps account", !settings.resume.empty()},
      {"--watch, there is no directory", settings.watch},
      {"--after, there are no files", settings.after != "keep"},
      {"--write, the topic has the packets", !settings.recording.path.empty()}};
  for (const auto& [option, is_given] : refused) {
    if (!is_given) continue;
    const std::string_view text = option;
    const size_t comma = text.find(',');
    return Fail("{}: with --from{}; leave it out", text.substr(0, comma), text.substr(comma + 1));
  }
  return {};
}

Result<TopicExtent> AskExtent(const cli::CaptureSettings& settings,
                              const std::optional<process::Identity>& identity,
                              telemetry::Log& log) {
  const auto text = process::RunForkedTask([&]() -> Result<std::string> {
    base::ForbidDumps();
    if (auto dropped = process::DropPrivileges(identity, {.groups = true}); !dropped) {
      return Forward(std::move(dropped));
    }
    return DescribeExtent(settings);
  });
  if (!text) return tl::unexpected(text.error());
  std::istringstream lines(*text);
  std::string first;
  std::getline(lines, first);
  std::istringstream numbers(first);
  TopicExtent extent;
  numbers >> extent.partitions;
  std::copy(std::istream_iterator<int64_t>(numbers), {}, std::back_inserter(extent.ends));
  for (std::string warning; std::getline(lines, warning);) log.Warning(warning);
  return extent;
}

cli::CaptureSettings WithExtent(const cli::CaptureSettings& settings, const TopicExtent& extent) {
  cli::CaptureSettings changed = settings;
  changed.workers = extent.partitions;
  changed.ordered = false;
  return changed;
}

Result<std::unique_ptr<consume::TopicConsumer>> OpenSource(const cli::CaptureSettings& settings,
                                                           const TopicExtent& extent,
                                                           const std::string& sensor,
                                                           const Run& run, ConsumeStats& stats) {
  if (settings.from.empty()) return nullptr;
  auto connection = SourceConnection(settings);
  if (!connection) return Forward(std::move(connection));
  std::unique_ptr<consume::MessageLetters> letters;
  if (settings.jobs.dead_letter_topic.empty()) {
    auto opened = MessageLetterFile::Open(settings, run);
    if (!opened) return Forward(std::move(opened));
    letters = std::move(*opened);
  } else {
    auto topic =
        InspectJobTopic(OnSameBrokers(*connection, settings.jobs.dead_letter_topic, ""), run.log);
    if (!topic) return Forward(std::move(topic));
    const uint64_t most_bytes = topic->facts.max_message_bytes;
    auto writer = kafka::TopicWriter::Start(run.loop, topic->connection, most_bytes, sensor);
    if (!writer) return Forward(std::move(writer));
    letters = std::make_unique<consume::LetterTopic>(std::move(*writer), most_bytes);
  }
  auto member = kafka::Consumer::Start(
      *connection, {.group = settings.jobs.group,
                    .by_partition = true,
                    .prefetch_bytes = settings.device.buffer_bytes / extent.partitions});
  if (!member) return Forward(std::move(member));
  consume::TopicConsumer::Options options{
      connection->address.Text(), connection->address.topic,
      std::string(kafka::ValueOf(connection->properties, "sasl.mechanism")), extent.ends,
      settings.worker_memory ? 0 : process::ShareOfMemory(1)};
  run.log.Info(fmt::format("packets from {}, group {}", options.name, settings.jobs.group));
  const auto writer_to = [&log = run.log](telemetry::Log::Level level, const char* kind) {
    return [messages = telemetry::RateLimited(log, level, kind)](const std::string& message) {
      messages.Report(message);
    };
  };
  return std::make_unique<consume::TopicConsumer>(
      run.loop, std::move(options), std::move(*member), std::move(letters),
      consume::TopicConsumer::Hooks{writer_to(telemetry::Log::Level::kWarning, "the brokers"),
                                    writer_to(telemetry::Log::Level::kError, "deleted messages")},
      stats);
}

}  // namespace espcap::app
