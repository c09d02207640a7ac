// SPDX-License-Identifier: GPL-2.0-or-later
//
// Index templates on a server: which one an index would get, putting one there, comparing.
#ifndef ESPCAP_DELIVER_TEMPLATE_STORE_H_
#define ESPCAP_DELIVER_TEMPLATE_STORE_H_

#include <string>
#include <vector>

#include "deliver/http_client.h"
#include "espcap/result.h"
#include "schema/index_template.h"

namespace espcap::deliver {

// A node, and by what it is spoken to.
struct Server {
  HttpClient& client;
  const NodeUrl& node;
};

// The composable template, of any name, that an index which matches the pattern would get.
struct TemplateInUse {
  bool is_there = false;
  bool has_flat_object = false;  // OpenSearch's, which refuses long values
};
Result<TemplateInUse> TemplateFor(const Server& server, const std::string& index_pattern);

// Puts the components, then the template that is made of them.
Result<void> PutTemplate(const Server& server, const schema::IndexTemplate& wanted);

// What the server has otherwise, a line each: "espcap-packets-layers: not there". Empty: all is the
// same.
Result<std::vector<std::string>> CompareTemplate(const Server& server,
                                                 const schema::IndexTemplate& wanted);

}  // namespace espcap::deliver

#endif  // ESPCAP_DELIVER_TEMPLATE_STORE_H_
