// SPDX-License-Identifier: GPL-2.0-or-later
//
// A server that is only asked something: the first of several nodes that answers.
#ifndef ESPCAP_APP_SERVER_QUERY_H_
#define ESPCAP_APP_SERVER_QUERY_H_

#include <memory>
#include <string>

#include "cli/settings.h"
#include "elasticsearch/elasticsearch.h"
#include "elasticsearch/hit_query.h"
#include "espcap/result.h"
#include "http/blocking_client.h"
#include "http/node_url.h"

namespace espcap::app {

struct QueriedServer {
  std::unique_ptr<http::BlockingClient> client;
  http::NodeUrl node;
  elasticsearch::ServerIdentity identity;
};

// The text of a file that holds a query. An error: it can't be read, or nothing is in it.
Result<std::string> ReadQueryFile(const std::string& path);

// What a command's settings search for.
struct SearchQuery {
  elasticsearch::HitRequest request;
  std::string json;  // elasticsearch::QueryOf()
  std::string base;  // the same of any time, where the settings name a file; else empty
};
Result<SearchQuery> ReadSearchQuery(const cli::SearchSettings& settings);

// An error names what is wrong with each of the nodes. REQUIRES: there is one.
Result<QueriedServer> FindServer(const cli::ServerSettings& settings);

}  // namespace espcap::app

#endif  // ESPCAP_APP_SERVER_QUERY_H_
