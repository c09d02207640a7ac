// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run tells while it goes on: metrics over HTTP where --metrics asks for them, and lines in
// the log at SIGUSR1. Served by the pipeline's loop.
#ifndef ESPCAP_CLI_RUN_TELEMETRY_H_
#define ESPCAP_CLI_RUN_TELEMETRY_H_

#include <memory>
#include <string>

#include "deliver/delivery_stats.h"
#include "espcap/result.h"
#include "pipeline.h"
#include "telemetry/log.h"
#include "telemetry/metrics_server.h"

namespace espcap::cli {

class RunTelemetry {
 public:
  // All is borrowed, and outlives the pipeline's Run(). `delivery`: null where documents go to no
  // server.
  RunTelemetry(Pipeline& pipeline, const deliver::DeliveryStats* delivery, telemetry::Log& log);
  ~RunTelemetry();
  RunTelemetry(const RunTelemetry&) = delete;
  RunTelemetry& operator=(const RunTelemetry&) = delete;

  // Serves metrics at this address, as ParseListenAddress() takes it, and says where in the log.
  Result<void> ServeMetrics(const std::string& where);

 private:
  class StatusReport;

  [[nodiscard]] telemetry::RunSnapshot Snapshot() const;

  Pipeline& pipeline_;
  const deliver::DeliveryStats* delivery_;
  telemetry::Log& log_;
  std::unique_ptr<StatusReport> status_report_;
  std::unique_ptr<telemetry::MetricsServer> metrics_server_;
};

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_RUN_TELEMETRY_H_
