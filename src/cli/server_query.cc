// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/server_query.h"

#include <chrono>
#include <string>
#include <utility>

#include "cli/credentials.h"
#include "cli/server_connection.h"

namespace espcap::cli {
namespace {

constexpr std::chrono::seconds kQuestionTimeout{120};

}  // namespace

Result<QueriedServer> FindServer(const ServerSettings& settings) {
  auto nodes = ParseNodes(settings.nodes);
  if (!nodes) return Forward(std::move(nodes));
  auto security = SecurityOf(settings);
  if (!security) return Forward(std::move(security));
  auto client = std::make_unique<deliver::HttpClient>(kQuestionTimeout, std::move(*security));
  std::string reasons;
  for (deliver::NodeUrl& node : *nodes) {
    const auto answer = client->Perform(node, {"GET", "/", {}, {}});
    auto identity = answer ? deliver::IdentifyServer(*answer)
                           : Result<deliver::ServerIdentity>(tl::unexpected(answer.error()));
    if (identity) return QueriedServer{std::move(client), std::move(node), std::move(*identity)};
    reasons += (reasons.empty() ? "" : "; ") +
               (answer ? node.base + ": " + identity.error().message : identity.error().message);
  }
  return Fail("connect: {}", reasons);
}

}  // namespace espcap::cli
