// SPDX-License-Identifier: GPL-2.0-or-later
//
// The topics of jobs, and how their brokers are reached: what `espcap enqueue` and --jobs have in
// common.
#ifndef ESPCAP_APP_JOB_TOPICS_H_
#define ESPCAP_APP_JOB_TOPICS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "cli/settings.h"
#include "espcap/result.h"
#include "kafka/client.h"
#include "kafka/topic_inspection.h"
#include "telemetry/log.h"

namespace espcap::app {

struct JobTopic {
  kafka::Connection connection;
  kafka::TopicFacts facts;
};

// `option` names the topic's address. An error: the address, a property, or the password's file.
Result<kafka::Connection> JobConnection(const char* option, const std::string& address,
                                        const std::vector<std::string>& properties,
                                        const std::string& password_file);

// The same of an address that is parsed already.
Result<kafka::Connection> ConnectionTo(kafka::Address address,
                                       const std::vector<std::string>& properties,
                                       const std::string& password_file);

// Asks the brokers. Its warnings go to the log.
Result<JobTopic> InspectJobTopic(kafka::Connection connection, telemetry::Log& log);

// Where each partition ends now; none where the run doesn't stop there.
Result<std::vector<int64_t>> EndsToStopAt(const cli::JobSettings& settings,
                                          const kafka::Connection& connection, int32_t partitions);

// Another topic, on the brokers of the jobs': by its name, or by the jobs' and an ending.
kafka::Connection OnSameBrokers(const kafka::Connection& jobs, const std::string& name,
                                const char* ending);

constexpr const char* kResults = "-results";
constexpr const char* kDeadLetters = "-dead-letters";

}  // namespace espcap::app

#endif  // ESPCAP_APP_JOB_TOPICS_H_
