// SPDX-License-Identifier: GPL-2.0-or-later
//
// A server as a destination, made from what the user asked for. Every command that sends documents
// uses it.
#ifndef ESPCAP_CLI_SERVER_CONNECTION_H_
#define ESPCAP_CLI_SERVER_CONNECTION_H_

#include <memory>
#include <string>
#include <vector>

#include "cli/settings.h"
#include "deliver/bulk_sink.h"
#include "deliver/node_url.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::cli {

Result<std::vector<deliver::NodeUrl>> ParseNodes(const std::vector<std::string>& texts);

// Whether requests to these nodes go as gzip.
bool CompressesFor(const ServerSettings& settings, const std::vector<deliver::NodeUrl>& nodes);

// How many batches it makes sense to have there: as many as can be in flight, and one to follow.
uint32_t BatchesAtServer(const ServerSettings& settings, size_t nodes);

// Not connected yet; an error where credentials or certificates can't be used. `keep` holds what is
// to be done with what the server won't take, and before the first document; its messages go to the
// log, which is borrowed as `stats` is.
struct ServerUse {
  decltype(deliver::BulkSink::Hooks::prepare) prepare;
  decltype(deliver::BulkSink::Hooks::keep_refused) keep_refused;
  decltype(deliver::BulkSink::Hooks::sync_refused) sync_refused;
};
Result<std::unique_ptr<deliver::BulkSink>> MakeBulkSink(const ServerSettings& settings,
                                                        std::vector<deliver::NodeUrl> nodes,
                                                        ServerUse use, telemetry::Log& log,
                                                        deliver::DeliveryStats& stats);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_SERVER_CONNECTION_H_
