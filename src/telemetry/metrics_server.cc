// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/metrics_server.h"

#include <microhttpd.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "telemetry/exposition.h"

namespace espcap::telemetry {
namespace {

using std::chrono::milliseconds;

constexpr size_t kConnectionBytes = 8192;  // the largest request head

struct Page {
  unsigned status = MHD_HTTP_OK;
  const char* content_type = "text/plain; charset=utf-8";
  std::string body;
};

struct ResponseDestroy {
  void operator()(MHD_Response* response) const { MHD_destroy_response(response); }
};

}  // namespace

struct MetricsServer::Callbacks {
  static MHD_Result Answer(void* self, MHD_Connection* connection, const char* url,
                           const char* method, const char* /*version*/, const char* /*body*/,
                           size_t* /*body_bytes*/, void** /*request*/) {
    const auto& server = *static_cast<const MetricsServer*>(self);
    const Page page = PageFor(server.pages_, url, method);
    // libmicrohttpd makes no copy for others than MUST_COPY, and takes no const for it.
    const std::unique_ptr<MHD_Response, ResponseDestroy> response(MHD_create_response_from_buffer(
        page.body.size(), const_cast<char*>(page.body.data()), MHD_RESPMEM_MUST_COPY));
    if (response == nullptr) return MHD_NO;
    MHD_add_response_header(response.get(), MHD_HTTP_HEADER_CONTENT_TYPE, page.content_type);
    MHD_add_response_header(response.get(), MHD_HTTP_HEADER_CONNECTION, "close");
    if (page.status == MHD_HTTP_METHOD_NOT_ALLOWED) {
      MHD_add_response_header(response.get(), MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    }
    return MHD_queue_response(connection, page.status, response.get());
  }

  static void Note(void* self, MHD_Connection* connection, void** context,
                   MHD_ConnectionNotificationCode what) {
    auto& server = *static_cast<MetricsServer*>(self);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
      const int socket =
          MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
      server.visits_.push_back({socket, Clock::now() + server.limits_.visit_time});
      *context = &server.visits_.back();
    } else {
      server.visits_.remove_if([context](const Visit& visit) { return &visit == *context; });
      server.has_free_place_ = true;
    }
  }

 private:
  static Page PageFor(const Pages& pages, std::string_view path, std::string_view method) {
    const bool is_health = path == "/healthz";
    if (!is_health && path != "/metrics") {
      return {MHD_HTTP_NOT_FOUND, Page{}.content_type, "There are /metrics and /healthz.\n"};
    }
    if (method != MHD_HTTP_METHOD_GET && method != MHD_HTTP_METHOD_HEAD) {
      return {MHD_HTTP_METHOD_NOT_ALLOWED, Page{}.content_type, "GET and HEAD only.\n"};
    }
    if (!is_health) return {MHD_HTTP_OK, Exposition::kContentType, pages.metrics()};
    const std::string ailment = pages.ailment();
    if (ailment.empty()) return {MHD_HTTP_OK, Page{}.content_type, "ok\n"};
    return {MHD_HTTP_SERVICE_UNAVAILABLE, Page{}.content_type, ailment + "\n"};
  }
};

void MetricsServer::StopDaemon::operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }

MetricsServer::MetricsServer(ListenAddress address, Pages pages, Limits limits)
    : address_(address), pages_(std::move(pages)), limits_(limits) {}

MetricsServer::~MetricsServer() = default;

Result<std::unique_ptr<MetricsServer>> MetricsServer::Start(ListenAddress address, Pages pages,
                                                            Limits limits) {
  auto listener = Listen(address);
  if (!listener) return Forward(std::move(listener));
  std::unique_ptr<MetricsServer> server(new MetricsServer(address, std::move(pages), limits));
  const unsigned family =
      address.address.ss_family == AF_INET6 ? unsigned{MHD_USE_IPv6} : unsigned{MHD_NO_FLAG};
  server->daemon_.reset(MHD_start_daemon(
      MHD_USE_EPOLL | family, 0, nullptr, nullptr, &Callbacks::Answer, server.get(),
      MHD_OPTION_LISTEN_SOCKET, listener->get(), MHD_OPTION_CONNECTION_LIMIT, limits.connections,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionBytes, MHD_OPTION_NOTIFY_CONNECTION,
      &Callbacks::Note, server.get(), MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END));
  if (server->daemon_ == nullptr) return Fail("serve metrics at {}: failed", address.Text());
  static_cast<void>(listener->Release());  // the daemon closes it
  return server;
}

int MetricsServer::fd() const {
  return MHD_get_daemon_info(daemon_.get(), MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

milliseconds MetricsServer::NextTimeout() const {
  if (has_free_place_) return milliseconds{0};
  milliseconds timeout = limits_.visit_time;
  for (const Visit& visit : visits_) {
    if (visit.is_cut_off) continue;
    const auto left = std::chrono::ceil<milliseconds>(visit.deadline - Clock::now());
    timeout = std::clamp(left, milliseconds{0}, timeout);
    break;  // later ones have more time
  }
  MHD_UNSIGNED_LONG_LONG pending = 0;
  if (MHD_get_timeout(daemon_.get(), &pending) == MHD_YES) {
    timeout = milliseconds(std::min<uint64_t>(pending, static_cast<uint64_t>(timeout.count())));
  }
  return timeout;
}

void MetricsServer::Serve() {
  has_free_place_ = false;
  CutOffOverdue();
  MHD_run(daemon_.get());
}

// libmicrohttpd's own limit is for silence only: a client that sends a byte now and then would
// keep its place for hours. It closes what is shut down here.
void MetricsServer::CutOffOverdue() {
  const auto now = Clock::now();
  for (Visit& visit : visits_) {
    if (visit.deadline > now) return;
    if (!std::exchange(visit.is_cut_off, true)) ::shutdown(visit.socket, SHUT_RDWR);
  }
}

}  // namespace espcap::telemetry
