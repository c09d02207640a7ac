// SPDX-License-Identifier: GPL-2.0-or-later
//
// What espcap asks an Elasticsearch for before the first document.
#ifndef ESPCAP_ELASTICSEARCH_ELASTICSEARCH_H_
#define ESPCAP_ELASTICSEARCH_ELASTICSEARCH_H_

#include <string>

#include "espcap/result.h"
#include "http/http_client.h"
#include "http/security.h"

namespace espcap::elasticsearch {

struct ServerIdentity {
  std::string name;     // "Elasticsearch", "OpenSearch"
  std::string version;  // "8.15.5"
};

// Reads the body of `GET /`. A server that espcap doesn't speak to is an error that says what it
// answered and what is supported.
Result<ServerIdentity> ParseServerIdentity(const std::string& body);

// The same of the whole answer.
Result<ServerIdentity> IdentifyServer(const http::HttpResponse& response);

// "security_exception", in an error body of Elasticsearch's; else empty.
std::string ErrorTypeOf(const http::HttpResponse& response);

// A server that is busy or in trouble: the same question may be answered later.
bool MayPass(const http::HttpResponse& response);

// The reason in an error body of Elasticsearch's; else the body's beginning.
std::string ReasonOf(const http::HttpResponse& response);

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_ELASTICSEARCH_H_
