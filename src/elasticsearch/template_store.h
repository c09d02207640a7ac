// SPDX-License-Identifier: GPL-2.0-or-later
//
// espcap's template on a server: putting it there, comparing.
#ifndef ESPCAP_ELASTICSEARCH_TEMPLATE_STORE_H_
#define ESPCAP_ELASTICSEARCH_TEMPLATE_STORE_H_

#include <string>
#include <vector>

#include "espcap/result.h"
#include "http/blocking_client.h"
#include "http/http_client.h"
#include "schema/index_template.h"

namespace espcap::elasticsearch {

// A node, and by what a command speaks to it.
struct Server {
  http::BlockingClient& client;
  const http::NodeUrl& node;
};

// The components, then the template that is made of them. Bodies are borrowed from `wanted`.
struct TemplatePut {
  std::string name;
  http::HttpRequest request;
};
std::vector<TemplatePut> TemplatePuts(const schema::IndexTemplate& wanted);

Result<void> PutTemplate(const Server& server, const schema::IndexTemplate& wanted);

// What the server has otherwise, a line each: "espcap-packets-layers: not there". Empty: all is the
// same.
Result<std::vector<std::string>> CompareTemplate(const Server& server,
                                                 const schema::IndexTemplate& wanted);

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_TEMPLATE_STORE_H_
