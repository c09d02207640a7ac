// SPDX-License-Identifier: GPL-2.0-or-later
//
// A topic of Kafka as a destination, made from what the user asked for.
#ifndef ESPCAP_APP_TOPIC_DESTINATION_H_
#define ESPCAP_APP_TOPIC_DESTINATION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "app/destination.h"
#include "cli/settings.h"
#include "espcap/document_needs.h"
#include "espcap/result.h"
#include "espcap/sink.h"
#include "http/local_ports.h"
#include "kafka/client.h"
#include "kafka/topic_inspection.h"
#include "telemetry/log.h"

namespace espcap::app {

// Borrowed by the sink: some are on their way while others are filled.
constexpr uint32_t kBatchesAtTopic = 4;

// Whether what is given for a topic goes together; where the destination is none, whether anything
// is given that only a topic has.
Result<void> CheckTopicOptions(const cli::CaptureSettings& settings);

// A topic that is there.
struct Topic {
  kafka::Connection connection;
  kafka::TopicFacts facts;
};

// Asks its brokers, and waits for them; none: documents go elsewhere. From here on this process
// leaves no core dump where it holds secrets. REQUIRES: after the last fork.
Result<std::optional<Topic>> FindTopic(const cli::CaptureSettings& settings,
                                       const std::shared_ptr<http::LocalPorts>& ports,
                                       telemetry::Log& log);

// Of documents on their way there. An error: what the user wants is more than it takes.
Result<DocumentNeeds> NeedsOf(const std::optional<Topic>& topic,
                              const cli::CaptureSettings& settings);

Result<std::unique_ptr<Sink>> OpenTopic(const Topic& topic, const std::string& sensor,
                                        const cli::CaptureSettings& settings, const Run& run);

}  // namespace espcap::app

#endif  // ESPCAP_APP_TOPIC_DESTINATION_H_
