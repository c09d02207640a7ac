// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <list>
#include <new>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/backoff.h"

namespace espcap::http {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kConnectTimeout{10'000};
constexpr milliseconds kPollInterval{1'000};
constexpr uint32_t kMaxBusyAnswers = 5;
constexpr base::Backoff kBusyWait{milliseconds{200}, milliseconds{3'000}};
constexpr long kUploadBufferBytes = 512L * 1024;
constexpr size_t kMaxResponseBytes = size_t{64} << 20U;

// libcurl's process-wide state, set up before the first handle.
void InitCurl() {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(initialised);
}

size_t TakeBody(char* data, size_t size, size_t count, void* user_data) {
  auto& body = *static_cast<std::string*>(user_data);
  const size_t bytes = size * count;
  if (bytes > kMaxResponseBytes - body.size()) return 0;  // libcurl ends the request
  body.append(data, bytes);
  return bytes;
}

template <class Value>
void Set(CURL* easy, CURLoption option, Value value) {
  curl_easy_setopt(easy, option, value);
}

struct EasyCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MultiCleanup {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct HeadersFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using EasyHandle = std::unique_ptr<CURL, EasyCleanup>;

}  // namespace

std::string PercentEncoded(const std::string& text) {
  const std::unique_ptr<char, decltype(&curl_free)> encoded(
      curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), curl_free);
  if (encoded == nullptr) throw std::bad_alloc();
  return encoded.get();
}

// One request under way. libcurl has its address.
struct HttpClient::Transfer {
  explicit Transfer(std::shared_ptr<const Security> shared) : security(std::move(shared)) {}

  Ticket ticket = 0;
  EasyHandle easy;
  std::unique_ptr<curl_slist, HeadersFree> headers;
  std::array<char, CURL_ERROR_SIZE> error{};
  std::string what;  // "POST http://host:9200/_bulk"
  HttpResponse response;
  RequestSecurity security;
  std::chrono::steady_clock::time_point start;

  // What libcurl says, and the system's word where it has one ("Connection refused").
  [[nodiscard]] std::string FailureReason(CURLcode code) const {
    std::string reason =
        security.Explain(code, error[0] == '\0' ? curl_easy_strerror(code) : error.data());
    long os_error = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_OS_ERRNO, &os_error);
    if (os_error == 0) return reason;
    return reason + " (" + std::generic_category().message(static_cast<int>(os_error)) + ")";
  }

  void AddHeader(const std::string& header) {
    curl_slist* grown = curl_slist_append(headers.get(), header.c_str());
    if (grown == nullptr) throw std::bad_alloc();
    static_cast<void>(headers.release());
    headers.reset(grown);
  }

  void SetUp(const NodeUrl& node, const HttpRequest& request, milliseconds timeout);
};

void HttpClient::Transfer::SetUp(const NodeUrl& node, const HttpRequest& request,
                                 milliseconds timeout) {
  const std::string url = node.base + request.path;
  what = std::string(request.method) + " " + url.substr(0, url.find('?'));
  Set(easy.get(), CURLOPT_URL, url.c_str());
  Set(easy.get(), CURLOPT_NOSIGNAL, 1L);
  Set(easy.get(), CURLOPT_ERRORBUFFER, error.data());
  Set(easy.get(), CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(std::min(kConnectTimeout, timeout).count()));
  Set(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  Set(easy.get(), CURLOPT_TCP_KEEPALIVE, 1L);
  Set(easy.get(), CURLOPT_USERAGENT, "espcap/" ESPCAP_VERSION);
  Set(easy.get(), CURLOPT_ACCEPT_ENCODING, "");
  Set(easy.get(), CURLOPT_WRITEFUNCTION, TakeBody);
  Set(easy.get(), CURLOPT_WRITEDATA, &response.body);
  Set(easy.get(), CURLOPT_PRIVATE, this);
  if (!request.body.empty()) {
    AddHeader(std::string("Content-Type: ") + request.content_type);
    if (request.content_encoding != nullptr) {
      AddHeader(std::string("Content-Encoding: ") + request.content_encoding);
    }
    AddHeader("Expect:");  // a round trip that saves nothing here
    Set(easy.get(), CURLOPT_POSTFIELDS, request.body.data());
    Set(easy.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    Set(easy.get(), CURLOPT_UPLOAD_BUFFERSIZE, kUploadBufferBytes);
  }
  Set(easy.get(), CURLOPT_CUSTOMREQUEST, request.method);
  security.Apply(easy.get(), node, headers.get());
}

struct HttpClient::Impl {
  milliseconds timeout;
  std::shared_ptr<const Security> security;
  std::list<Transfer> transfers;  // before the multi handle, which knows their handles
  std::vector<EasyHandle> idle;   // to be used again
  std::unique_ptr<CURLM, MultiCleanup> multi;
  std::deque<Finished> put_off;  // finished while Perform() waited for another
  Ticket last_ticket = 0;

  EasyHandle TakeHandle() {
    if (idle.empty()) return EasyHandle(curl_easy_init());
    EasyHandle easy = std::move(idle.back());
    idle.pop_back();
    return easy;
  }
  // The transfer is over. Its handle, emptied, keeps nothing but its memory.
  void End(Transfer& transfer) {
    curl_multi_remove_handle(multi.get(), transfer.easy.get());
    curl_easy_reset(transfer.easy.get());
    idle.push_back(std::move(transfer.easy));
    transfers.remove_if([&](const Transfer& other) { return &other == &transfer; });
  }
};

HttpClient::HttpClient(milliseconds timeout, std::shared_ptr<const Security> security)
    : impl_(std::make_unique<Impl>()) {
  InitCurl();
  impl_->timeout = timeout;
  impl_->security = std::move(security);
  impl_->multi.reset(curl_multi_init());
  if (impl_->multi == nullptr) throw std::bad_alloc();
}

HttpClient::~HttpClient() {
  while (!impl_->transfers.empty()) impl_->End(impl_->transfers.front());
}

HttpClient::Ticket HttpClient::Start(const NodeUrl& node, const HttpRequest& request) {
  Transfer& transfer = impl_->transfers.emplace_back(impl_->security);
  transfer.ticket = ++impl_->last_ticket;
  transfer.easy = impl_->TakeHandle();
  if (transfer.easy == nullptr) throw std::bad_alloc();
  transfer.SetUp(node, request, impl_->timeout);
  transfer.start = std::chrono::steady_clock::now();
  curl_multi_add_handle(impl_->multi.get(), transfer.easy.get());
  return transfer.ticket;
}

void HttpClient::Cancel(Ticket ticket) {
  for (Transfer& transfer : impl_->transfers) {
    if (transfer.ticket == ticket) return impl_->End(transfer);
  }
}

std::optional<HttpClient::Finished> HttpClient::Poll() {
  if (impl_->put_off.empty()) return TakeFinished();
  Finished finished = std::move(impl_->put_off.front());
  impl_->put_off.pop_front();
  return finished;
}

std::optional<HttpClient::Finished> HttpClient::TakeFinished() {
  int running = 0;
  curl_multi_perform(impl_->multi.get(), &running);
  int queued = 0;
  const CURLMsg* message = curl_multi_info_read(impl_->multi.get(), &queued);
  if (message == nullptr || message->msg != CURLMSG_DONE) return std::nullopt;
  const CURLcode code = message->data.result;
  char* address = nullptr;
  curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &address);
  Transfer& transfer = *reinterpret_cast<Transfer*>(address);
  Finished finished;
  finished.ticket = transfer.ticket;
  finished.took = std::chrono::steady_clock::now() - transfer.start;
  if (code == CURLE_OK) {
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &transfer.response.status);
    curl_off_t retry_after = 0;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_RETRY_AFTER, &retry_after);
    if (retry_after > 0) transfer.response.retry_after = std::chrono::seconds(retry_after);
    finished.response = std::move(transfer.response);
  } else {
    const bool is_cut_off = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
                            code == CURLE_GOT_NOTHING || code == CURLE_PARTIAL_FILE;
    finished.response =
        tl::unexpected(HttpFailure{code == CURLE_OPERATION_TIMEDOUT, is_cut_off,
                                   transfer.what + ": " + transfer.FailureReason(code)});
  }
  impl_->End(transfer);
  return finished;
}

void HttpClient::Wait(std::span<pollfd> others, milliseconds timeout) {
  std::vector<curl_waitfd> waits;
  waits.reserve(others.size());
  for (const pollfd& other : others) waits.push_back({other.fd, CURL_WAIT_POLLIN, 0});
  curl_multi_poll(impl_->multi.get(), waits.data(), static_cast<unsigned>(waits.size()),
                  static_cast<int>(timeout.count()), nullptr);
  for (size_t i = 0; i < others.size(); ++i) {
    others[i].revents = (waits[i].revents & CURL_WAIT_POLLIN) != 0 ? POLLIN : 0;
  }
}

Result<HttpResponse> HttpClient::Perform(const NodeUrl& node, const HttpRequest& request) {
  for (uint32_t busy = 1;; ++busy) {
    auto response = PerformOnce(node, request);
    if (!response || response->status != kStatusTooManyRequests || busy > kMaxBusyAnswers) {
      return response;
    }
    const milliseconds asked = response->retry_after.value_or(std::chrono::seconds{0});
    std::this_thread::sleep_for(std::max(kBusyWait.Wait(busy, 1), std::min(asked, kBusyWait.cap)));
  }
}

Result<HttpResponse> HttpClient::PerformOnce(const NodeUrl& node, const HttpRequest& request) {
  const Ticket ticket = Start(node, request);
  for (;;) {
    if (auto finished = TakeFinished()) {
      if (finished->ticket != ticket) {
        impl_->put_off.push_back(std::move(*finished));
        continue;
      }
      if (finished->response) return std::move(*finished->response);
      return Fail("{}", finished->response.error().message);
    }
    Wait({}, kPollInterval);
  }
}

}  // namespace espcap::http
