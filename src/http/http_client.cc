// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <list>
#include <new>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

namespace espcap::http {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kConnectTimeout{10'000};
constexpr long kUploadBufferBytes = 512L * 1024;
constexpr long kFirstErrorStatus = 300;

// libcurl's process-wide state, set up before the first handle.
void InitCurl() {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(initialised);
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
  size_t most_bytes = 0;  // of the answer's body
  bool is_too_long = false;
  std::string_view unsent;  // of the request's body, where it is sent once

  // What libcurl says, and the system's word where it has one ("Connection refused").
  [[nodiscard]] std::string FailureReason(CURLcode code) const {
    if (code == CURLE_SEND_FAIL_REWIND) return "the connection ended before an answer came";
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
  void UsePorts(LocalPorts& ports) const;

  // A part of the answer's body, decompressed. Taking less than all of it ends the request.
  static size_t AppendBody(char* data, size_t size, size_t count, void* self);
  // The next part of the request's body.
  static size_t GiveBody(char* room, size_t size, size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const size_t bytes = transfer.unsent.copy(room, size * count);
    transfer.unsent.remove_prefix(bytes);
    return bytes;
  }
};

size_t HttpClient::Transfer::AppendBody(char* data, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  std::string& body = transfer.response.body;
  if (body.empty()) {
    long status = 0;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status >= kFirstErrorStatus) {
      transfer.most_bytes = std::min(transfer.most_bytes, kMaxResponseBytes);
    }
  }
  const size_t bytes = size * count;
  transfer.is_too_long = bytes > transfer.most_bytes - body.size();
  if (transfer.is_too_long) return 0;
  body.append(data, bytes);
  return bytes;
}

void HttpClient::Transfer::SetUp(const NodeUrl& node, const HttpRequest& request,
                                 milliseconds timeout) {
  const std::string url = node.base + request.path;
  what = std::string(request.method) + " " + url.substr(0, url.find('?'));
  Set(easy.get(), CURLOPT_URL, url.c_str());
  Set(easy.get(), CURLOPT_NOSIGNAL, 1L);
  Set(easy.get(), CURLOPT_QUICK_EXIT, 1L);  // a resolver's thread that hangs isn't waited for
  Set(easy.get(), CURLOPT_ERRORBUFFER, error.data());
  Set(easy.get(), CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(std::min(kConnectTimeout, timeout).count()));
  Set(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  Set(easy.get(), CURLOPT_TCP_KEEPALIVE, 1L);
  Set(easy.get(), CURLOPT_USERAGENT, "espcap/" ESPCAP_VERSION);
  Set(easy.get(), CURLOPT_ACCEPT_ENCODING, "");
  Set(easy.get(), CURLOPT_WRITEFUNCTION, AppendBody);
  Set(easy.get(), CURLOPT_WRITEDATA, this);
  most_bytes = request.max_response_bytes;
  Set(easy.get(), CURLOPT_PRIVATE, this);
  if (!request.body.empty()) {
    AddHeader(std::string("Content-Type: ") + request.content_type);
    if (request.content_encoding != nullptr) {
      AddHeader(std::string("Content-Encoding: ") + request.content_encoding);
    }
    AddHeader("Expect:");  // a round trip that saves nothing here
    if (request.is_sent_once) {
      // What it can't begin anew, it doesn't send again.
      unsent = request.body;
      Set(easy.get(), CURLOPT_POST, 1L);
      Set(easy.get(), CURLOPT_READFUNCTION, GiveBody);
      Set(easy.get(), CURLOPT_READDATA, this);
    } else {
      Set(easy.get(), CURLOPT_POSTFIELDS, request.body.data());
    }
    Set(easy.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    Set(easy.get(), CURLOPT_UPLOAD_BUFFERSIZE, kUploadBufferBytes);
  }
  Set(easy.get(), CURLOPT_CUSTOMREQUEST, request.method);
  security.Apply(easy.get(), node, headers.get());
}

void HttpClient::Transfer::UsePorts(LocalPorts& ports) const {
  using Open = curl_socket_t(void*, curlsocktype, curl_sockaddr*);
  using Close = int(void*, curl_socket_t);
  Open* const open = [](void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
    return static_cast<LocalPorts*>(self)->Open(address->family, address->socktype,
                                                address->protocol);
  };
  Close* const close = [](void* self, curl_socket_t socket) {
    static_cast<LocalPorts*>(self)->Close(socket);
    return 0;
  };
  Set(easy.get(), CURLOPT_OPENSOCKETFUNCTION, open);
  Set(easy.get(), CURLOPT_OPENSOCKETDATA, &ports);
  Set(easy.get(), CURLOPT_CLOSESOCKETFUNCTION, close);
  Set(easy.get(), CURLOPT_CLOSESOCKETDATA, &ports);
}

struct HttpClient::Impl {
  Impl(base::EventLoop& event_loop, milliseconds request_timeout,
       std::shared_ptr<const Security> shared, std::shared_ptr<LocalPorts> local_ports)
      : loop(event_loop),
        timeout(request_timeout),
        security(std::move(shared)),
        ports(std::move(local_ports)),
        timer(loop, [this] { Act(CURL_SOCKET_TIMEOUT, 0); }) {}

  base::EventLoop& loop;
  milliseconds timeout;
  std::shared_ptr<const Security> security;
  std::shared_ptr<LocalPorts> ports;  // before the multi handle, whose connections have them
  std::list<Transfer> transfers;      // before the multi handle, which knows their handles
  std::vector<EasyHandle> idle;       // to be used again
  std::unordered_map<curl_socket_t, base::EventLoop::Watch> watches;
  base::EventLoop::Timer timer;
  std::unique_ptr<CURLM, MultiCleanup> multi;
  std::deque<Finished> finished;
  Ticket last_ticket = 0;

  EasyHandle AcquireHandle() {
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
  // Lets libcurl do what it can now.
  void Act(curl_socket_t socket, int events) {
    int running = 0;
    curl_multi_socket_action(multi.get(), socket, events, &running);
    int queued = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &queued)) {
      if (message->msg == CURLMSG_DONE) Finish(message->easy_handle, message->data.result);
    }
  }
  void Finish(CURL* easy, CURLcode code);

  // libcurl wants to know of a socket, or of time that has passed.
  static int OnSocket(CURL* easy, curl_socket_t socket, int what, void* self, void* unused);
  static int OnTimer(CURLM* multi, long timeout_ms, void* self);
};

int HttpClient::Impl::OnSocket(CURL* /*easy*/, curl_socket_t socket, int what, void* self,
                               void* /*unused*/) {
  auto& impl = *static_cast<Impl*>(self);
  if (what == CURL_POLL_REMOVE) {
    impl.watches.erase(socket);
    return 0;
  }
  using Loop = base::EventLoop;
  const uint32_t events = ((what & CURL_POLL_IN) != 0 ? uint32_t{Loop::kReadable} : 0U) |
                          ((what & CURL_POLL_OUT) != 0 ? uint32_t{Loop::kWritable} : 0U);
  if (const auto found = impl.watches.find(socket); found != impl.watches.end()) {
    found->second.SetEvents(events);
    return 0;
  }
  impl.watches.emplace(socket, impl.loop.Add(socket, events, [&impl, socket](uint32_t ready) {
    impl.Act(socket, ((ready & Loop::kReadable) != 0 ? CURL_CSELECT_IN : 0) |
                         ((ready & Loop::kWritable) != 0 ? CURL_CSELECT_OUT : 0));
  }));
  return 0;
}

int HttpClient::Impl::OnTimer(CURLM* /*multi*/, long timeout_ms, void* self) {
  auto& impl = *static_cast<Impl*>(self);
  if (timeout_ms < 0) {
    impl.timer.Cancel();
  } else {
    impl.timer.Set(base::EventLoop::Clock::now() + milliseconds(timeout_ms));
  }
  return 0;
}

void HttpClient::Impl::Finish(CURL* easy, CURLcode code) {
  char* address = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &address);
  Transfer& transfer = *reinterpret_cast<Transfer*>(address);
  Finished& result = finished.emplace_back();
  result.ticket = transfer.ticket;
  result.took = std::chrono::steady_clock::now() - transfer.start;
  if (code == CURLE_OK) {
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &transfer.response.status);
    curl_off_t retry_after = 0;
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
    if (retry_after > 0) transfer.response.retry_after = std::chrono::seconds(retry_after);
    result.response = std::move(transfer.response);
  } else {
    const bool is_cut_off = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
                            code == CURLE_GOT_NOTHING || code == CURLE_PARTIAL_FILE;
    const std::string reason =
        transfer.is_too_long
            ? "the answer is longer than " + std::to_string(transfer.most_bytes) + " bytes"
            : transfer.FailureReason(code);
    result.response =
        tl::unexpected(HttpFailure{code == CURLE_OPERATION_TIMEDOUT, is_cut_off,
                                   transfer.is_too_long, transfer.what + ": " + reason});
  }
  End(transfer);
}

HttpClient::HttpClient(base::EventLoop& loop, milliseconds timeout,
                       std::shared_ptr<const Security> security,
                       std::shared_ptr<LocalPorts> ports) {
  InitCurl();
  impl_ = std::make_unique<Impl>(loop, timeout, std::move(security), std::move(ports));
  impl_->multi.reset(curl_multi_init());
  CURLM* multi = impl_->multi.get();
  if (multi == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &Impl::OnSocket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, impl_.get());
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &Impl::OnTimer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, impl_.get());
  // Idle connections leave ports for new ones.
  if (impl_->ports != nullptr) {
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, long{LocalPorts::kCount} / 2);
  }
}

HttpClient::~HttpClient() {
  while (!impl_->transfers.empty()) impl_->End(impl_->transfers.front());
}

void HttpClient::Use(std::shared_ptr<const Security> security) {
  impl_->security = std::move(security);
}

HttpClient::Ticket HttpClient::Start(const NodeUrl& node, const HttpRequest& request) {
  Transfer& transfer = impl_->transfers.emplace_back(impl_->security);
  transfer.ticket = ++impl_->last_ticket;
  transfer.easy = impl_->AcquireHandle();
  if (transfer.easy == nullptr) throw std::bad_alloc();
  transfer.SetUp(node, request, impl_->timeout);
  if (impl_->ports != nullptr) transfer.UsePorts(*impl_->ports);
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
  if (impl_->finished.empty()) return std::nullopt;
  Finished finished = std::move(impl_->finished.front());
  impl_->finished.pop_front();
  return finished;
}

}  // namespace espcap::http
