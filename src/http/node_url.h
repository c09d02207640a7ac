// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a server is, as users name it.
#ifndef ESPCAP_HTTP_NODE_URL_H_
#define ESPCAP_HTTP_NODE_URL_H_

#include <string>
#include <vector>

#include "espcap/result.h"

namespace espcap::http {

struct NodeUrl {
  std::string base;  // "http://host:9200/prefix": no credentials, no final slash
  std::string host;  // as in the base: an IPv6 address in brackets
};

// "host", "host:port" (http, port 9200) or a URL. In a URL without a port, http means 9200 and
// https 443, as in Elasticsearch's Python client that Espcap used. Credentials are refused: they
// are taken out of a URL before it comes here, and an error shows none.
Result<NodeUrl> ParseNodeUrl(const std::string& text);

// Whether every node is this machine, by name or address alone: localhost, 127.0.0.0/8, [::1].
bool AllOnLoopback(const std::vector<NodeUrl>& nodes);

}  // namespace espcap::http

#endif  // ESPCAP_HTTP_NODE_URL_H_
