// SPDX-License-Identifier: GPL-2.0-or-later
//
// One request from start to end, for commands that have nothing else to do. A run has no use for
// it.
#ifndef ESPCAP_HTTP_BLOCKING_CLIENT_H_
#define ESPCAP_HTTP_BLOCKING_CLIENT_H_

#include <chrono>
#include <memory>

#include "base/event_loop.h"
#include "espcap/result.h"
#include "http/http_client.h"

namespace espcap::http {

class BlockingClient {
 public:
  static Result<std::unique_ptr<BlockingClient>> Create(std::chrono::milliseconds timeout,
                                                        std::shared_ptr<const Security> security);

  // Waits for the response. A server that is too busy (429) is asked again for some seconds.
  Result<HttpResponse> Perform(const NodeUrl& node, const HttpRequest& request);

 private:
  BlockingClient(std::unique_ptr<base::EventLoop> loop, std::chrono::milliseconds timeout,
                 std::shared_ptr<const Security> security)
      : loop_(std::move(loop)), client_(*loop_, timeout, std::move(security)) {}

  Result<HttpResponse> PerformOnce(const NodeUrl& node, const HttpRequest& request);
  void Sleep(std::chrono::milliseconds time);

  std::unique_ptr<base::EventLoop> loop_;
  HttpClient client_;
};

}  // namespace espcap::http

#endif  // ESPCAP_HTTP_BLOCKING_CLIENT_H_
