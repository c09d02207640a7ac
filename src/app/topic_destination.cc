// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/topic_destination.h"

#include <span>
#include <utility>
#include <vector>

#include "app/broker_secrets.h"
#include "app/credentials.h"
#include "app/destination_kind.h"
#include "app/refused_documents.h"
#include "kafka/answer_timeout.h"
#include "kafka/producer.h"
#include "kafka/topic_sink.h"
#include "sink/ordered_spool_sink.h"
#include "sink/spool_queue.h"
#include "spool/spool.h"

namespace espcap::app {
namespace {

using kafka::Properties;

constexpr uint64_t kRoomForHeaders = 4096;  // key, headers, what a batch adds
constexpr uint64_t kRoomForPath = 4096;     // of a section's file
constexpr uint64_t kRoomForLosses = 96;     // of an interface, in a section

// zstd's first level: the size of documents is what a broker and its disks have to bear. Of packets
// it is the sensor's processor.
Properties CompressionOf(bool forwards) {
  if (forwards) return {{"compression.type", "lz4"}};
  return {{"compression.type", "zstd"}, {"compression.level", "1"}};
}

// The options that servers have, as librdkafka names them. The user's own properties come later,
// and count.
Result<Properties> SecurityProperties(const cli::SecuritySettings& given, bool has_password) {
  Properties properties;
  const bool has_user = !given.user.empty();
  if (has_user && !has_password) {
    return Fail(
        "--user {}: the password is missing; give it by --password-file, by ESPCAP_PASSWORD in the "
        "environment, or as systemd's credential espcap.password",
        given.user);
  }
  if (!has_user && has_password) return Fail("the password has no user; give --user");
  if (has_user || !given.ca_file.empty() || !given.client_cert.empty() || given.insecure) {
    properties.emplace_back("security.protocol", has_user ? "sasl_ssl" : "ssl");
  }
  if (has_user) {
    properties.emplace_back("sasl.mechanism", "PLAIN");
    properties.emplace_back("sasl.username", given.user);
  }
  if (!given.ca_file.empty()) properties.emplace_back("ssl.ca.location", given.ca_file);
  if (!given.client_cert.empty()) {
    properties.emplace_back("ssl.certificate.location", given.client_cert);
    properties.emplace_back("ssl.key.location",
                            given.client_key.empty() ? given.client_cert : given.client_key);
  }
  if (given.insecure) properties.emplace_back("enable.ssl.certificate.verification", "false");
  return properties;
}

void WarnOfSecurity(const cli::SecuritySettings& given, const Properties& properties,
                    telemetry::Log& log) {
  if (given.insecure) {
    log.Warning(
        "--insecure: the brokers' certificates are not checked: others on the way can read "
        "and change everything");
  }
  if (kafka::ValueOf(properties, "security.protocol") == "sasl_plaintext") {
    log.Warning(
        "--kafka security.protocol=sasl_plaintext: others on the way can read the password "
        "and every document");
  }
}

// The option that names the topic, and what it says.
std::pair<const char*, std::string> TopicOption(const cli::CaptureSettings& settings) {
  const bool forwards = DestinationKindOf(settings) == DestinationKind::kForward;
  return forwards ? std::pair("--forward", settings.forward)
                  : std::pair("--output", settings.output);
}

Result<kafka::Connection> ConnectionOf(const cli::CaptureSettings& settings,
                                       const std::shared_ptr<http::LocalPorts>& ports,
                                       telemetry::Log& log) {
  kafka::Connection connection;
  const auto [option, text] = TopicOption(settings);
  auto address = kafka::ParseAddress(option, text);
  if (!address) return Forward(std::move(address));
  connection.address = std::move(*address);
  auto password = PasswordOf(settings);
  if (!password) return Forward(std::move(password));
  auto security = SecurityProperties(settings.security, !password->empty());
  if (!security) return Forward(std::move(security));
  auto given = kafka::ParseProperties(settings.kafka);
  if (!given) return Forward(std::move(given));
  connection.properties = std::move(*security);
  connection.properties.insert(connection.properties.end(), given->begin(), given->end());
  WarnOfSecurity(settings.security, connection.properties, log);
  if (auto added = AddSecrets(connection, std::move(*password)); !added) {
    return Forward(std::move(added));
  }
  if (ports != nullptr) {
    auto sockets = std::make_shared<kafka::SocketMaker>();
    sockets->open = [ports](int family, int type, int protocol) {
      return ports->Open(family, type, protocol);
    };
    sockets->close = [ports](int socket) { ports->Close(socket); };
    connection.sockets = std::move(sockets);
  }
  return connection;
}

spool::Reports ReportsTo(telemetry::Log& log) {
  return {[&log](const std::string& message) { log.Warning(message); },
          [&log](const std::string& message) { log.Error(message); }};
}

// Null: none is asked for.
Result<std::unique_ptr<sink::SpoolQueue>> OpenSpool(const cli::CaptureSettings& settings,
                                                    const Run& run) {
  if (settings.spool.empty()) return nullptr;
  spool::Options options;
  options.directory = settings.spool;
  options.max_bytes = settings.spool_bytes;
  options.contents = spool::Contents::kSections;
  auto opened = sink::SpoolQueue::Open(std::move(options), run.writes, ReportsTo(run.log));
  if (!opened) return Forward(std::move(opened));
  if (const uint64_t packets = (*opened)->numbers().documents; packets > 0) {
    run.log.Info(
        fmt::format("{}: {} packets of earlier runs are sent too", settings.spool, packets));
  }
  return opened;
}

}  // namespace

Result<void> CheckTopicOptions(const cli::CaptureSettings& settings) {
  if (!IsTopic(settings)) {
    const bool reads_topic = !settings.jobs.address.empty() || !settings.from.empty();
    if (settings.kafka.empty() || reads_topic) return {};
    return Fail("--kafka: no topic is given; give --output kafka://BROKER/TOPIC");
  }
  const auto [option, text] = TopicOption(settings);
  if (auto address = kafka::ParseAddress(option, text); !address) {
    return Forward(std::move(address));
  }
  if (auto properties = kafka::ParseProperties(settings.kafka); !properties) {
    return Forward(std::move(properties));
  }
  if (!settings.format.empty()) {
    return Fail("--format: a topic gets a document a message; leave --format out");
  }
  const cli::SecuritySettings& security = settings.security;
  const bool forwards = DestinationKindOf(settings) == DestinationKind::kForward;
  static const std::string kNone;
  for (const auto& [name, value] : {std::pair("--fingerprint", &security.fingerprint),
                                    std::pair("--api-key-file", &security.api_key_file),
                                    std::pair("--bearer-token-file", &security.bearer_token_file),
                                    std::pair("--spool", forwards ? &kNone : &settings.spool)}) {
    if (!value->empty()) {
      return Fail("{}: it is for a server, not for a topic; leave it out", name);
    }
  }
  return {};
}

Result<std::optional<Topic>> FindTopic(const cli::CaptureSettings& settings,
                                       const std::shared_ptr<http::LocalPorts>& ports,
                                       telemetry::Log& log) {
  if (!IsTopic(settings)) return std::nullopt;
  auto connection = ConnectionOf(settings, ports, log);
  if (!connection) return Forward(std::move(connection));
  auto facts = kafka::InspectTopic(*connection, kafka::kAnswerTimeout);
  if (!facts) return Forward(std::move(facts));
  for (const std::string& warning : facts->warnings) log.Warning(warning);
  log.Verbose(fmt::format("{}: {} partitions, messages of at most {} bytes",
                          connection->address.Text(), facts->partitions, facts->max_message_bytes));
  return Topic{std::move(*connection), std::move(*facts)};
}

Result<DocumentNeeds> NeedsOf(const std::optional<Topic>& topic,
                              const cli::CaptureSettings& settings) {
  DocumentNeeds needs;
  if (!topic) return needs;
  const bool forwards = DestinationKindOf(settings) == DestinationKind::kForward;
  const uint64_t room =
      kRoomForHeaders + (forwards ? kRoomForPath + settings.interfaces.size() * kRoomForLosses : 0);
  const uint64_t limit = topic->facts.max_message_bytes;
  if (limit < 2 * room) {
    return Fail("{}: its max.message.bytes is {}, too small; {} are the least",
                topic->connection.address.Text(), limit, 2 * room);
  }
  const uint64_t most = limit - room;
  if (forwards) {
    needs.document_bytes = most;
    needs.partitions = static_cast<uint32_t>(topic->facts.partitions);
    return needs;
  }
  if (settings.limits.bytes.value_or(0) > most) {
    return Fail(
        "--max-document-bytes {}: {} accepts documents of at most {} bytes; give less, or raise "
        "the topic's max.message.bytes",
        *settings.limits.bytes, topic->connection.address.Text(), most);
  }
  needs.document_bytes = settings.limits.bytes.value_or(most);
  return needs;
}

Result<std::unique_ptr<Sink>> OpenTopic(const Topic& topic, const std::string& sensor,
                                        const cli::CaptureSettings& settings, const Run& run) {
  const bool forwards = DestinationKindOf(settings) == DestinationKind::kForward;
  auto producer = kafka::Producer::Start(run.loop, topic.connection, topic.facts.max_message_bytes,
                                         CompressionOf(forwards));
  if (!producer) return Forward(std::move(producer));
  kafka::TopicSink::Options options;
  options.name = topic.connection.address.Text();
  options.sensor = sensor;
  options.mechanism = kafka::ValueOf(topic.connection.properties, "sasl.mechanism");
  options.partitions = topic.facts.partitions;
  options.max_batches = kBatchesAtTopic;
  options.rest =
      "what was not acknowledged is lost to this run, another run with --resume sends it";
  options.form = forwards ? kafka::MessageForm::kSection : kafka::MessageForm::kDocument;
  kafka::TopicSink::Hooks hooks;
  if (forwards) {
    hooks.keep_refused = [](const Batch& /*batch*/, std::span<const Refusal> /*refusals*/,
                            const std::function<void(Result<size_t>)>& kept) { kept(size_t{0}); };
    hooks.sync_refused = [](const Sink::SyncDone& done) { done({}); };
  } else {
    auto refused = RefusedDocuments::Open(settings, run);
    if (!refused) return Forward(std::move(refused));
    hooks.keep_refused = [refused = *refused](const Batch& batch, std::span<const Refusal> refusals,
                                              std::function<void(Result<size_t>)> kept) {
      refused.Keep(batch, refusals, std::move(kept));
    };
    hooks.sync_refused = [refused = *refused](Sink::SyncDone done) {
      refused.Sync(std::move(done));
    };
  }
  hooks.warn = [messages = telemetry::RateLimited(run.log, telemetry::Log::Level::kWarning,
                                                  "the brokers")](const std::string& message) {
    messages.Report(message);
  };
  hooks.report = [messages = telemetry::RateLimited(run.log, telemetry::Log::Level::kError,
                                                    "refused documents")](
                     const std::string& message) { messages.Report(message); };
  auto spool = OpenSpool(settings, run);
  if (!spool) return Forward(std::move(spool));
  if (*spool != nullptr) options.rest = "what was not acknowledged stays in the spool";
  auto topic_sink = std::make_unique<kafka::TopicSink>(
      run.loop, std::move(options), std::move(*producer), std::move(hooks), run.stats);
  if (*spool == nullptr) return topic_sink;
  return std::make_unique<sink::OrderedSpoolSink>(
      run.loop, std::move(topic_sink), std::move(*spool), spool::Contents::kSections,
      settings.interfaces.empty() ? sink::WhenFull::kBlock : sink::WhenFull::kDropNewest,
      ReportsTo(run.log), run.stats);
}

}  // namespace espcap::app
