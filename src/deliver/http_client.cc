// SPDX-License-Identifier: GPL-2.0-or-later
#include "deliver/http_client.h"

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <new>
#include <system_error>
#include <utility>
#include <vector>

namespace espcap::deliver {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kConnectTimeout{10'000};
constexpr milliseconds kRequestTimeout{120'000};
constexpr milliseconds kPollInterval{1'000};
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

}  // namespace

std::string PercentEncoded(const std::string& text) {
  const std::unique_ptr<char, decltype(&curl_free)> encoded(
      curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), curl_free);
  if (encoded == nullptr) throw std::bad_alloc();
  return encoded.get();
}

struct HttpClient::Impl {
  struct EasyCleanup {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  struct MultiCleanup {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
  };
  struct HeadersFree {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  std::unique_ptr<CURLM, MultiCleanup> multi;
  std::unique_ptr<CURL, EasyCleanup> easy;
  std::unique_ptr<curl_slist, HeadersFree> headers;
  std::array<char, CURL_ERROR_SIZE> error{};
  std::string what;  // "POST http://host:9200/_bulk"
  HttpResponse response;
  bool under_way = false;

  // What libcurl says, and the system's word where it has one ("Connection refused").
  [[nodiscard]] std::string FailureReason(CURLcode code) const {
    std::string reason = error[0] == '\0' ? curl_easy_strerror(code) : error.data();
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
};

HttpClient::HttpClient(NodeUrl node) : node_(std::move(node)), impl_(std::make_unique<Impl>()) {
  InitCurl();
  impl_->multi.reset(curl_multi_init());
  impl_->easy.reset(curl_easy_init());
  if (impl_->multi == nullptr || impl_->easy == nullptr) throw std::bad_alloc();
}

HttpClient::~HttpClient() {
  if (impl_->under_way) curl_multi_remove_handle(impl_->multi.get(), impl_->easy.get());
}

void HttpClient::Start(const HttpRequest& request) {
  CURL* easy = impl_->easy.get();
  curl_easy_reset(easy);  // keeps the connection
  impl_->headers.reset();
  impl_->response = {};
  impl_->error = {};
  const std::string url = node_.base + request.path;
  impl_->what = std::string(request.method) + " " + url;
  Set(easy, CURLOPT_URL, url.c_str());
  Set(easy, CURLOPT_NOSIGNAL, 1L);
  Set(easy, CURLOPT_ERRORBUFFER, impl_->error.data());
  Set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(kConnectTimeout.count()));
  Set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(kRequestTimeout.count()));
  Set(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  Set(easy, CURLOPT_USERAGENT, "espcap/" ESPCAP_VERSION);
  Set(easy, CURLOPT_ACCEPT_ENCODING, "");
  Set(easy, CURLOPT_WRITEFUNCTION, TakeBody);
  Set(easy, CURLOPT_WRITEDATA, &impl_->response.body);
  if (!node_.user.empty()) {
    Set(easy, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    Set(easy, CURLOPT_USERNAME, node_.user.c_str());
    Set(easy, CURLOPT_PASSWORD, node_.password.c_str());
  }
  if (!request.body.empty()) {
    impl_->AddHeader(std::string("Content-Type: ") + request.content_type);
    if (request.content_encoding != nullptr) {
      impl_->AddHeader(std::string("Content-Encoding: ") + request.content_encoding);
    }
    impl_->AddHeader("Expect:");  // a round trip that saves nothing here
    Set(easy, CURLOPT_POSTFIELDS, request.body.data());
    Set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    Set(easy, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBufferBytes);
  }
  Set(easy, CURLOPT_CUSTOMREQUEST, request.method);
  Set(easy, CURLOPT_HTTPHEADER, impl_->headers.get());
  curl_multi_add_handle(impl_->multi.get(), easy);
  impl_->under_way = true;
}

std::optional<Result<HttpResponse>> HttpClient::Poll() {
  int running = 0;
  curl_multi_perform(impl_->multi.get(), &running);
  int queued = 0;
  const CURLMsg* message = curl_multi_info_read(impl_->multi.get(), &queued);
  if (message == nullptr || message->msg != CURLMSG_DONE) return std::nullopt;
  const CURLcode code = message->data.result;
  curl_multi_remove_handle(impl_->multi.get(), impl_->easy.get());
  impl_->under_way = false;
  if (code != CURLE_OK) {
    return Result<HttpResponse>(Fail("{}: {}", impl_->what, impl_->FailureReason(code)));
  }
  curl_easy_getinfo(impl_->easy.get(), CURLINFO_RESPONSE_CODE, &impl_->response.status);
  return Result<HttpResponse>(std::move(impl_->response));
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

Result<HttpResponse> HttpClient::Finish() {
  for (;;) {
    if (auto response = Poll()) return std::move(*response);
    Wait({}, kPollInterval);
  }
}

Result<HttpResponse> HttpClient::Perform(const HttpRequest& request) {
  Start(request);
  return Finish();
}

}  // namespace espcap::deliver
