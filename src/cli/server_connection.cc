// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/server_connection.h"

#include <algorithm>
#include <utility>

#include "cli/credentials.h"

namespace espcap::cli {
namespace {

deliver::NodePool::Concurrency ConcurrencyOf(const ServerSettings& settings) {
  if (settings.concurrency == 0) return {};
  return {settings.concurrency, settings.concurrency};
}

}  // namespace

Result<std::vector<deliver::NodeUrl>> ParseNodes(const std::vector<std::string>& texts) {
  std::vector<deliver::NodeUrl> nodes;
  for (const std::string& text : texts) {
    auto node = deliver::ParseNodeUrl(text);
    if (!node) return Forward(std::move(node));
    nodes.push_back(std::move(*node));
  }
  return nodes;
}

bool CompressesFor(const ServerSettings& settings, const std::vector<deliver::NodeUrl>& nodes) {
  return settings.compress.value_or(!deliver::AllOnLoopback(nodes));
}

uint32_t BatchesAtServer(const ServerSettings& settings, size_t nodes) {
  constexpr size_t kMost = 16;  // more would make each of them small: their memory is bounded
  return static_cast<uint32_t>(std::min(ConcurrencyOf(settings).most * nodes, kMost)) + 1;
}

Result<std::unique_ptr<deliver::BulkSink>> MakeBulkSink(const ServerSettings& settings,
                                                        std::vector<deliver::NodeUrl> nodes,
                                                        ServerUse use, telemetry::Log& log,
                                                        deliver::DeliveryStats& stats) {
  auto security = SecurityOf(settings);
  if (!security) return Forward(std::move(security));
  for (const std::string& warning : deliver::SecurityWarnings(**security, nodes)) {
    log.Warning(warning);
  }
  deliver::BulkSink::Options options;
  options.security = std::move(*security);
  options.compress = CompressesFor(settings, nodes);
  options.nodes = std::move(nodes);
  options.concurrency = ConcurrencyOf(settings);
  options.max_retries = settings.max_retries;
  options.request_timeout = settings.request_timeout;
  const auto limited = [&log](telemetry::RateLimited::Method method) {
    const auto messages = std::make_shared<telemetry::RateLimited>(log, method);
    return [messages](const std::string& message) { messages->Report(message); };
  };
  deliver::BulkSink::Hooks hooks;
  hooks.prepare = std::move(use.prepare);
  hooks.keep_refused = std::move(use.keep_refused);
  hooks.sync_refused = std::move(use.sync_refused);
  hooks.warn = limited(&telemetry::Log::Warning);
  hooks.report = limited(&telemetry::Log::Error);
  return std::make_unique<deliver::BulkSink>(std::move(options), std::move(hooks), stats);
}

}  // namespace espcap::cli
