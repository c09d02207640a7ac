// SPDX-License-Identifier: GPL-2.0-or-later
//
// A server that is only asked something: the first of several nodes that answers.
#ifndef ESPCAP_CLI_SERVER_QUERY_H_
#define ESPCAP_CLI_SERVER_QUERY_H_

#include <chrono>
#include <vector>

#include "deliver/elasticsearch.h"
#include "deliver/http_client.h"
#include "deliver/node_url.h"
#include "espcap/result.h"

namespace espcap::cli {

// Of one question.
inline constexpr std::chrono::seconds kQueryTimeout{120};

struct AnsweringServer {
  deliver::NodeUrl node;
  deliver::ServerIdentity identity;
};

// An error names what is wrong with each of them.
Result<AnsweringServer> FindServer(deliver::HttpClient& client,
                                   const std::vector<deliver::NodeUrl>& nodes);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_SERVER_QUERY_H_
