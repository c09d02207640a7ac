// SPDX-License-Identifier: GPL-2.0-or-later
//
// GET /metrics and /healthz over HTTP, by libmicrohttpd in the loop of the process that serves it:
// no thread. A connection is one request and lasts a few seconds at most, whatever its client does;
// connections and the memory of each are bounded.
#ifndef ESPCAP_TELEMETRY_METRICS_SERVER_H_
#define ESPCAP_TELEMETRY_METRICS_SERVER_H_

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "base/poll_service.h"
#include "espcap/result.h"
#include "telemetry/listen_address.h"

struct MHD_Connection;
struct MHD_Daemon;

namespace espcap::telemetry {

class MetricsServer : public base::PollService {
 public:
  // Asked for every request, within Serve().
  struct Pages {
    std::function<std::string()> metrics;
    std::function<std::string()> ailment;  // empty: healthy
  };

  struct Limits {
    unsigned connections = 32;                   // more wait in the socket's queue
    std::chrono::milliseconds visit_time{5000};  // of a connection
  };

  static Result<std::unique_ptr<MetricsServer>> Start(ListenAddress address, Pages pages,
                                                      Limits limits);
  ~MetricsServer() override;

  // Where it listens, the port chosen.
  [[nodiscard]] const ListenAddress& address() const { return address_; }

  [[nodiscard]] int fd() const override;
  [[nodiscard]] std::chrono::milliseconds NextTimeout() const override;
  void Serve() override;

 private:
  using Clock = std::chrono::steady_clock;

  struct Visit {  // a connection
    int socket;
    Clock::time_point deadline;
    bool is_cut_off = false;
  };
  struct Callbacks;  // libmicrohttpd's view
  struct StopDaemon {
    void operator()(MHD_Daemon* daemon) const;
  };

  MetricsServer(ListenAddress address, Pages pages, Limits limits);
  void CutOffOverdue();

  ListenAddress address_;
  Pages pages_;
  Limits limits_;
  std::list<Visit> visits_;  // the oldest first
  // A connection has ended since Serve() began: who waits for its place is let in by the next one.
  bool has_free_place_ = false;
  std::unique_ptr<MHD_Daemon, StopDaemon> daemon_;
};

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_METRICS_SERVER_H_
