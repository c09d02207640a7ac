// SPDX-License-Identifier: GPL-2.0-or-later
//
// HTTP to one server over a kept-alive connection, by libcurl's multi interface: a request can be
// started and left under way while its caller works on. One request at a time; one thread.
#ifndef ESPCAP_DELIVER_HTTP_CLIENT_H_
#define ESPCAP_DELIVER_HTTP_CLIENT_H_

#include <poll.h>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "deliver/node_url.h"
#include "espcap/result.h"

namespace espcap::deliver {

struct HttpRequest {
  const char* method = "GET";
  std::string path;       // from the node's base, "/_bulk"
  std::string_view body;  // borrowed until the response is there
  const char* content_type = "application/json";
  const char* content_encoding = nullptr;  // of the body, "gzip"
};

struct HttpResponse {
  long status = 0;
  std::string body;
};

// For one segment of a path (RFC 3986).
std::string PercentEncoded(const std::string& text);

class HttpClient {
 public:
  explicit HttpClient(NodeUrl node);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // REQUIRES: no request is under way.
  void Start(const HttpRequest& request);
  // The response, once it is there; an error where the request failed below HTTP. Never waits.
  std::optional<Result<HttpResponse>> Poll();
  // Waits for it to move, for one of `others`, or for the time to pass.
  void Wait(std::span<pollfd> others, std::chrono::milliseconds timeout);
  // Waits for the response.
  Result<HttpResponse> Finish();
  // Start() and Finish().
  Result<HttpResponse> Perform(const HttpRequest& request);

  [[nodiscard]] const std::string& base_url() const { return node_.base; }

 private:
  struct Impl;
  NodeUrl node_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace espcap::deliver

#endif  // ESPCAP_DELIVER_HTTP_CLIENT_H_
