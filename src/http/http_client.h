// SPDX-License-Identifier: GPL-2.0-or-later
//
// HTTP over kept-alive connections, by libcurl's multi interface: requests are started, and finish
// while the event loop runs. Nothing here waits. One thread.
#ifndef ESPCAP_HTTP_HTTP_CLIENT_H_
#define ESPCAP_HTTP_HTTP_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/event_loop.h"
#include "espcap/result.h"
#include "http/local_ports.h"
#include "http/node_url.h"
#include "http/security.h"

namespace espcap::http {

// What an answer may hold unless its request says otherwise; one with an error's status, always.
inline constexpr size_t kMaxResponseBytes = size_t{1} << 20U;

struct HttpRequest {
  const char* method = "GET";
  std::string path = {};       // from the node's base, "/_bulk"
  std::string_view body = {};  // borrowed until the request is finished or cancelled
  const char* content_type = "application/json";
  const char* content_encoding = nullptr;         // of the body, "gzip"
  size_t max_response_bytes = kMaxResponseBytes;  // of the answer's body, decompressed
  // Never twice without the caller's knowledge. Else libcurl sends a request again itself, where a
  // connection that it has used before ends without an answer.
  bool is_sent_once = false;
};

// A status: RFC 6585, 4.
inline constexpr long kStatusTooManyRequests = 429;

struct HttpResponse {
  long status = 0;
  std::string body;
  std::optional<std::chrono::seconds> retry_after = {};  // RFC 9110, 10.2.3
};

// Why there is no response. The message names method and URL.
struct HttpFailure {
  bool is_timeout = false;
  bool is_cut_off = false;   // the connection was there, and ended before the response did
  bool is_too_long = false;  // longer than the request's bound
  std::string message;
};

// For one segment of a path (RFC 3986).
std::string PercentEncoded(const std::string& text);

class HttpClient {
 public:
  // A request takes at most `timeout`, its connection ten seconds of that. The loop is borrowed.
  // `ports` of its connections; null: any.
  HttpClient(base::EventLoop& loop, std::chrono::milliseconds timeout,
             std::shared_ptr<const Security> security, std::shared_ptr<LocalPorts> ports = nullptr);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // For requests from now on.
  void Use(std::shared_ptr<const Security> security);

  using Ticket = uint64_t;
  Ticket Start(const NodeUrl& node, const HttpRequest& request);
  void Cancel(Ticket ticket);

  struct Finished {
    Ticket ticket = 0;
    tl::expected<HttpResponse, HttpFailure> response;
    std::chrono::duration<double> took{};
  };
  // The next request that has finished, if there is one.
  std::optional<Finished> Poll();

 private:
  struct Transfer;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace espcap::http

#endif  // ESPCAP_HTTP_HTTP_CLIENT_H_
