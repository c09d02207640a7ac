// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where documents go, made from what the user asked for.
#ifndef ESPCAP_APP_DESTINATION_H_
#define ESPCAP_APP_DESTINATION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/event_loop.h"
#include "base/write_thread.h"
#include "cli/settings.h"
#include "espcap/compression.h"
#include "espcap/delivery_stats.h"
#include "espcap/document_needs.h"
#include "espcap/result.h"
#include "espcap/sink.h"
#include "http/local_ports.h"
#include "http/node_url.h"
#include "process/reply.h"
#include "supervise/capture_queue.h"
#include "telemetry/log.h"

namespace espcap::app {

// Of the documents on their way there. The workers are told before it is known which of several
// nodes answers.
Compression CompressionOf(const cli::CaptureSettings& settings,
                          const std::vector<http::NodeUrl>& nodes);

// What a destination tells the run.
struct Run {
  base::EventLoop& loop;
  base::WriteThread& writes;
  base::WriteThread& letter_writes;  // of dead letters
  telemetry::Log& log;
  DeliveryStats& stats;
  DocumentNeeds& needs;                     // of the server, once it is known
  std::shared_ptr<http::LocalPorts> ports;  // of connections; null: any
  // Of a process that replies PackCuratedFields().
  std::function<Result<process::ReplyReader>()> open_fields;
};

// Begins to connect to the nodes, or opens (and empties) the output. The settings, and what `run`
// refers to, are borrowed by the sink.
Result<std::unique_ptr<Sink>> OpenSink(const cli::CaptureSettings& settings,
                                       const std::vector<http::NodeUrl>& nodes,
                                       const std::vector<supervise::InputFile>& inputs,
                                       const Run& run);

}  // namespace espcap::app

#endif  // ESPCAP_APP_DESTINATION_H_
