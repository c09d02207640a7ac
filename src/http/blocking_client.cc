// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/blocking_client.h"

#include <algorithm>
#include <utility>

#include "base/backoff.h"

namespace espcap::http {
namespace {

using std::chrono::milliseconds;
using Clock = base::EventLoop::Clock;

constexpr uint32_t kMaxBusyAnswers = 5;
constexpr base::Backoff kBusyWait{milliseconds{200}, milliseconds{3'000}};

}  // namespace

Result<std::unique_ptr<BlockingClient>> BlockingClient::Create(
    milliseconds timeout, std::shared_ptr<const Security> security) {
  auto loop = base::EventLoop::Create();
  if (!loop) return Forward(std::move(loop));
  return std::unique_ptr<BlockingClient>(
      new BlockingClient(std::move(*loop), timeout, std::move(security)));
}

Result<HttpResponse> BlockingClient::Perform(const NodeUrl& node, const HttpRequest& request) {
  for (uint32_t busy = 1;; ++busy) {
    auto response = PerformOnce(node, request);
    if (!response || response->status != kStatusTooManyRequests || busy > kMaxBusyAnswers) {
      return response;
    }
    const milliseconds asked = response->retry_after.value_or(std::chrono::seconds{0});
    Sleep(std::max(kBusyWait.Wait(busy, 1), std::min(asked, kBusyWait.cap)));
  }
}

void BlockingClient::Sleep(milliseconds time) {
  const auto end = Clock::now() + time;
  while (Clock::now() < end) loop_->RunOnce(end);
}

Result<HttpResponse> BlockingClient::PerformOnce(const NodeUrl& node, const HttpRequest& request) {
  static_cast<void>(client_.Start(node, request));
  for (;;) {
    if (auto finished = client_.Poll()) {
      if (finished->response) return std::move(*finished->response);
      return Fail("{}", finished->response.error().message);
    }
    loop_->RunOnce(Clock::time_point::max());
  }
}

}  // namespace espcap::http
