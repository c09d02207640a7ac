// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run tells while it goes on: metrics over HTTP where --metrics asks for them, and lines in
// the log at SIGUSR1. Served by the supervisor's loop.
#ifndef ESPCAP_APP_RUN_TELEMETRY_H_
#define ESPCAP_APP_RUN_TELEMETRY_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/run_documents.h"
#include "base/event_loop.h"
#include "base/poll_service.h"
#include "espcap/delivery_stats.h"
#include "espcap/exit_status.h"
#include "espcap/ledger.h"
#include "espcap/result.h"
#include "espcap/run_snapshot.h"
#include "telemetry/log.h"
#include "telemetry/metrics_server.h"

namespace espcap::app {

class RunTelemetry {
 public:
  // All is borrowed. `read_run`: the run's state, without its delivery. `delivery`: null where
  // documents go to no server.
  RunTelemetry(std::function<RunSnapshot()> read_run, const DeliveryStats* delivery,
               telemetry::Log& log);
  ~RunTelemetry();
  RunTelemetry(const RunTelemetry&) = delete;
  RunTelemetry& operator=(const RunTelemetry&) = delete;

  // Serves metrics at this address, as ParseListenAddress() takes it, and says where in the log.
  Result<void> ServeMetrics(const std::string& where);

  // Writes the run's documents too.
  void WriteDocuments(base::EventLoop& loop, RunDocuments::Options options);
  // The run has ended so; the last of them is written.
  void End(const Ledger& ledger, ExitStatus status);

  // To be served in the run's loop.
  [[nodiscard]] std::vector<base::PollService*> services() const;

 private:
  class StatusReport;

  [[nodiscard]] RunSnapshot Snapshot() const;

  std::function<RunSnapshot()> read_run_;
  const DeliveryStats* delivery_;
  telemetry::Log& log_;
  std::unique_ptr<StatusReport> status_report_;
  std::unique_ptr<telemetry::MetricsServer> metrics_server_;
  std::unique_ptr<RunDocuments> documents_;
};

}  // namespace espcap::app

#endif  // ESPCAP_APP_RUN_TELEMETRY_H_
