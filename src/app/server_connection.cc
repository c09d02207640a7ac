// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/server_connection.h"

#include <algorithm>
#include <utility>

#include "app/credentials.h"

namespace espcap::app {
namespace {

elasticsearch::NodePool::Concurrency ConcurrencyOf(const cli::ServerSettings& settings) {
  if (settings.concurrency == 0) return {};
  return {.least = settings.concurrency, .most = settings.concurrency};
}

}  // namespace

Result<std::vector<http::NodeUrl>> ParseNodes(const std::vector<std::string>& texts) {
  std::vector<http::NodeUrl> nodes;
  for (const std::string& text : texts) {
    auto node = http::ParseNodeUrl(text);
    if (!node) return Forward(std::move(node));
    nodes.push_back(std::move(*node));
  }
  return nodes;
}

bool CompressesFor(const cli::ServerSettings& settings, const std::vector<http::NodeUrl>& nodes) {
  return settings.compress.value_or(!http::AllOnLoopback(nodes));
}

uint32_t BatchesAtServer(const cli::ServerSettings& settings, size_t nodes) {
  constexpr size_t kMaxBatches = 16;  // more would make each of them small: their memory is bounded
  return static_cast<uint32_t>(std::min(ConcurrencyOf(settings).most * nodes, kMaxBatches)) + 1;
}

Result<std::unique_ptr<elasticsearch::BulkSink>> MakeBulkSink(base::EventLoop& loop,
                                                              const cli::ServerSettings& settings,
                                                              std::vector<http::NodeUrl> nodes,
                                                              ServerUse use, telemetry::Log& log,
                                                              DeliveryStats& stats) {
  auto security = SecurityOf(settings);
  if (!security) return Forward(std::move(security));
  if (settings.secrets != nullptr && settings.secrets->url) {
    log.Warning(
        "--node: credentials in a URL are deprecated; use --user with --password-file, or with "
        "ESPCAP_PASSWORD in the environment");
  }
  for (const std::string& warning : http::SecurityWarnings(**security, nodes)) {
    log.Warning(warning);
  }
  elasticsearch::BulkSink::Options options;
  elasticsearch::CredentialRenewal::Read read_credentials;
  if (use.reads != nullptr && CredentialsCanChange(settings)) {
    read_credentials = [&settings, &reads = *use.reads,
                        security = *security](elasticsearch::CredentialRenewal::Done done) {
      if (!reads.HasRoom()) return done(security);
      reads.Post([&settings, security] { return ReloadCredentials(*security, settings); },
                 std::move(done));
    };
  }
  options.security = std::move(*security);
  options.compress = CompressesFor(settings, nodes);
  options.nodes = std::move(nodes);
  options.concurrency = ConcurrencyOf(settings);
  options.outcomes = {settings.max_retries, use.when_letters_full};
  options.request_timeout = settings.request_timeout;
  options.preparation = std::move(use.preparation);
  options.preparation.pipeline = settings.pipeline;
  options.meanwhile = std::move(use.meanwhile);
  options.ports = std::move(use.ports);
  const auto limited = [&log](telemetry::Log::Level level, const char* kind) {
    return [messages = telemetry::RateLimited(log, level, kind)](const std::string& message) {
      messages.Report(message);
    };
  };
  elasticsearch::BulkSink::Hooks hooks;
  hooks.template_maker = std::move(use.template_maker);
  hooks.prepared = std::move(use.prepared);
  hooks.keep_refused = std::move(use.keep_refused);
  hooks.read_credentials = std::move(read_credentials);
  hooks.sync_refused = std::move(use.sync_refused);
  hooks.advise = limited(telemetry::Log::Level::kWarning, "the run's indices");
  hooks.warn = limited(telemetry::Log::Level::kWarning, "the server");
  hooks.report = limited(telemetry::Log::Level::kError, "refused documents");
  return std::make_unique<elasticsearch::BulkSink>(loop, std::move(options), std::move(hooks),
                                                   stats);
}

}  // namespace espcap::app
