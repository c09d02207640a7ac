// SPDX-License-Identifier: GPL-2.0-or-later
//
// Packets that come from a topic (--from): what is asked of it before there are processes, the
// member of its group, and its end.
#ifndef ESPCAP_APP_TOPIC_SOURCE_H_
#define ESPCAP_APP_TOPIC_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/destination.h"
#include "cli/settings.h"
#include "consume/topic_consumer.h"
#include "espcap/result.h"
#include "process/privileges.h"
#include "telemetry/log.h"

namespace espcap::app {

// Whether what is given for --from goes together.
Result<void> CheckFrom(const cli::CaptureSettings& settings);

struct TopicExtent {
  uint32_t partitions = 0;
  std::vector<int64_t> ends;  // of each, where the run ends there; none: it doesn't
};
// Asks the brokers in a process of its own, as this user, and waits for it: how many partitions
// there are decides what this process shares with those that it forks. REQUIRES: one thread.
Result<TopicExtent> AskExtent(const cli::CaptureSettings& settings,
                              const std::optional<process::Identity>& identity,
                              telemetry::Log& log);

// The settings of a run that reads the topic: a worker for each partition, in any order.
cli::CaptureSettings WithExtent(const cli::CaptureSettings& settings, const TopicExtent& extent);

// Null: nothing comes from a topic. The statistics are borrowed. REQUIRES: after the last fork.
Result<std::unique_ptr<consume::TopicConsumer>> OpenSource(const cli::CaptureSettings& settings,
                                                           const TopicExtent& extent,
                                                           const std::string& sensor,
                                                           const Run& run, ConsumeStats& stats);

}  // namespace espcap::app

#endif  // ESPCAP_APP_TOPIC_SOURCE_H_
