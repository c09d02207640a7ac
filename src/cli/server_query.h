// SPDX-License-Identifier: GPL-2.0-or-later
//
// A server that is only asked something: the first of several nodes that answers.
#ifndef ESPCAP_CLI_SERVER_QUERY_H_
#define ESPCAP_CLI_SERVER_QUERY_H_

#include <memory>

#include "cli/settings.h"
#include "deliver/elasticsearch.h"
#include "deliver/http_client.h"
#include "deliver/node_url.h"
#include "espcap/result.h"

namespace espcap::cli {

struct QueriedServer {
  std::unique_ptr<deliver::HttpClient> client;
  deliver::NodeUrl node;
  deliver::ServerIdentity identity;
};

// An error names what is wrong with each of the nodes. REQUIRES: there is one.
Result<QueriedServer> FindServer(const ServerSettings& settings);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_SERVER_QUERY_H_
