// SPDX-License-Identifier: GPL-2.0-or-later
//
// The run itself as a document of the index espcap-runs: written at the start, from time to time
// and at the end, under one id. It does not disturb the run: no packet waits for it, and the ledger
// and the spool know nothing of it. Where a write fails, the next one says more. One thread.
#ifndef ESPCAP_APP_RUN_DOCUMENTS_H_
#define ESPCAP_APP_RUN_DOCUMENTS_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/event_loop.h"
#include "base/poll_service.h"
#include "espcap/run_snapshot.h"
#include "http/http_client.h"
#include "telemetry/log.h"

namespace espcap::app {

class RunDocuments : public base::PollService {
 public:
  struct Options {
    std::vector<http::NodeUrl> nodes;
    std::shared_ptr<const http::Security> security;
    std::shared_ptr<http::LocalPorts> ports;  // of connections; null: any
    std::chrono::milliseconds interval{0};    // 0: at the start and at the end only
    std::string id = {};
    std::string description = {};  // what stays the same, as a JSON object
  };

  // Borrows the loop and the log.
  RunDocuments(base::EventLoop& loop, Options options, std::function<RunSnapshot()> read_run,
               telemetry::Log& log);
  ~RunDocuments() override;

  [[nodiscard]] int fd() const override { return -1; }
  [[nodiscard]] std::chrono::milliseconds NextTimeout() const override;
  void Serve() override;

  // The last one. Waits for the answer, but not long, and not at all where the server was away.
  void End(const RunSnapshot& run, int exit_status);

 private:
  using Clock = std::chrono::steady_clock;

  void Start();
  void HandleFinished(const http::HttpClient::Finished& finished);
  void HandleStatus(const http::HttpResponse& response);
  http::HttpRequest NextRequest(const RunSnapshot& run, std::optional<int> exit_status);

  Options options_;
  std::function<RunSnapshot()> read_run_;
  telemetry::Log& log_;
  http::HttpClient client_;
  std::optional<http::HttpClient::Ticket> under_way_;
  std::string body_;  // of that request
  size_t node_ = 0;
  bool has_index_ = false;  // or all that could be done for it was
  bool is_refused_ = false;
  bool failed_last_ = false;
  std::string started_;
  Clock::time_point next_ = Clock::now();
};

}  // namespace espcap::app

#endif  // ESPCAP_APP_RUN_DOCUMENTS_H_
