// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/server_query.h"

#include <string>

namespace espcap::cli {

Result<AnsweringServer> FindServer(deliver::HttpClient& client,
                                   const std::vector<deliver::NodeUrl>& nodes) {
  std::string reasons;
  for (const deliver::NodeUrl& node : nodes) {
    const auto answer = client.Perform(node, {"GET", "/", {}, {}});
    auto identity = answer ? deliver::IdentifyServer(*answer)
                           : Result<deliver::ServerIdentity>(tl::unexpected(answer.error()));
    if (identity) return AnsweringServer{node, std::move(*identity)};
    reasons += (reasons.empty() ? "" : "; ") +
               (answer ? node.base + ": " + identity.error().message : identity.error().message);
  }
  return Fail("connect: {}", reasons);
}

}  // namespace espcap::cli
