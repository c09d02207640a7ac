// SPDX-License-Identifier: GPL-2.0-or-later
//
// A server as a destination, made from what the user asked for. Every command that sends documents
// uses it.
#ifndef ESPCAP_APP_SERVER_CONNECTION_H_
#define ESPCAP_APP_SERVER_CONNECTION_H_

#include <memory>
#include <string>
#include <vector>

#include "base/write_thread.h"
#include "cli/settings.h"
#include "elasticsearch/bulk_sink.h"
#include "espcap/result.h"
#include "http/node_url.h"
#include "telemetry/log.h"

namespace espcap::app {

Result<std::vector<http::NodeUrl>> ParseNodes(const std::vector<std::string>& texts);

// Whether requests to these nodes go as gzip.
bool CompressesFor(const cli::ServerSettings& settings, const std::vector<http::NodeUrl>& nodes);

// How many batches it makes sense to have there: as many as can be in flight, and one to follow.
uint32_t BatchesAtServer(const cli::ServerSettings& settings, size_t nodes);

// Not connected yet; an error where credentials or certificates can't be used. `use` holds what is
// to be done before the first document, and with what the server won't take; its messages go to the
// log, which is borrowed as `loop` and `stats` are.
struct ServerUse {
  elasticsearch::Preparation::Options preparation;
  std::string meanwhile;  // BulkSink::Options', as the next
  std::shared_ptr<http::LocalPorts> ports = nullptr;
  std::unique_ptr<elasticsearch::TemplateMaker> template_maker;
  decltype(elasticsearch::BulkSink::Hooks::prepared) prepared;
  decltype(elasticsearch::BulkSink::Hooks::keep_refused) keep_refused;
  decltype(elasticsearch::BulkSink::Hooks::sync_refused) sync_refused;
  elasticsearch::DocumentOutcomes::WhenFull when_letters_full =
      elasticsearch::DocumentOutcomes::WhenFull::kWait;
  base::WriteThread* reads = nullptr;  // null: credentials that are refused are not read again
};
Result<std::unique_ptr<elasticsearch::BulkSink>> MakeBulkSink(base::EventLoop& loop,
                                                              const cli::ServerSettings& settings,
                                                              std::vector<http::NodeUrl> nodes,
                                                              ServerUse use, telemetry::Log& log,
                                                              DeliveryStats& stats);

}  // namespace espcap::app

#endif  // ESPCAP_APP_SERVER_CONNECTION_H_
