// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/job_topics.h"

#include <utility>

#include "app/broker_secrets.h"
#include "base/secret_file.h"
#include "kafka/answer_timeout.h"
#include "kafka/topic_reading.h"

namespace espcap::app {

Result<kafka::Connection> JobConnection(const char* option, const std::string& address,
                                        const std::vector<std::string>& properties,
                                        const std::string& password_file) {
  auto parsed = kafka::ParseAddress(option, address);
  if (!parsed) return Forward(std::move(parsed));
  return ConnectionTo(std::move(*parsed), properties, password_file);
}

Result<kafka::Connection> ConnectionTo(kafka::Address address,
                                       const std::vector<std::string>& properties,
                                       const std::string& password_file) {
  kafka::Connection connection;
  connection.address = std::move(address);
  auto given = kafka::ParseProperties(properties);
  if (!given) return Forward(std::move(given));
  connection.properties = std::move(*given);
  base::Secret password;
  if (!password_file.empty()) {
    base::ForbidDumps();
    auto read =
        base::ReadSecretFile("--kafka-password-file", password_file, base::FileModes::kOwnerOnly);
    if (!read) return Forward(std::move(read));
    password = std::move(*read);
  }
  if (auto added = AddSecrets(connection, std::move(password)); !added) {
    return Forward(std::move(added));
  }
  return connection;
}

Result<JobTopic> InspectJobTopic(kafka::Connection connection, telemetry::Log& log) {
  auto facts = kafka::InspectTopic(connection, kafka::kAnswerTimeout);
  if (!facts) return Forward(std::move(facts));
  for (const std::string& warning : facts->warnings) log.Warning(warning);
  return JobTopic{std::move(connection), std::move(*facts)};
}

Result<std::vector<int64_t>> EndsToStopAt(const cli::JobSettings& settings,
                                          const kafka::Connection& connection, int32_t partitions) {
  if (!settings.stop_at_end) return {};
  return kafka::AskEnds(connection, partitions, kafka::kAnswerTimeout);
}

kafka::Connection OnSameBrokers(const kafka::Connection& jobs, const std::string& name,
                                const char* ending) {
  kafka::Connection connection = jobs;
  connection.address.topic = name.empty() ? jobs.address.topic + ending : name;
  return connection;
}

}  // namespace espcap::app
