// SPDX-License-Identifier: GPL-2.0-or-later
//
// What espcap asks an Elasticsearch for before the first document.
#ifndef ESPCAP_DELIVER_ELASTICSEARCH_H_
#define ESPCAP_DELIVER_ELASTICSEARCH_H_

#include <string>

#include "deliver/http_client.h"
#include "deliver/security.h"
#include "espcap/result.h"

namespace espcap::deliver {

struct ServerIdentity {
  std::string name;     // "Elasticsearch", "OpenSearch"
  std::string version;  // "8.15.5"
};

// Reads the body of `GET /`. A server that espcap doesn't speak to is an error that says what it
// answered and what is supported.
Result<ServerIdentity> ParseServerIdentity(const std::string& body);

// The same of the whole answer.
Result<ServerIdentity> IdentifyServer(const HttpResponse& response);

// "security_exception", in an error body of Elasticsearch's; else empty.
std::string ErrorTypeOf(const HttpResponse& response);

// The reason in an error body of Elasticsearch's; else the body's beginning.
std::string ReasonOf(const HttpResponse& response);

}  // namespace espcap::deliver

#endif  // ESPCAP_DELIVER_ELASTICSEARCH_H_
