// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/run_telemetry.h"

#include <chrono>
#include <utility>

#include "base/poll_service.h"
#include "dissect/epan_library.h"
#include "process/status_signal.h"
#include "supervise/health.h"
#include "telemetry/listen_address.h"
#include "telemetry/run_metrics.h"
#include "telemetry/status_lines.h"

namespace espcap::app {

class RunTelemetry::StatusReport : public base::PollService {
 public:
  explicit StatusReport(const RunTelemetry& run) : run_(run) {}

  [[nodiscard]] int fd() const override { return process::StatusEventFd(); }
  [[nodiscard]] std::chrono::milliseconds NextTimeout() const override {
    return std::chrono::milliseconds::max();
  }
  void Serve() override {
    if (!process::ConsumeStatusRequest()) return;
    const auto elapsed = std::chrono::steady_clock::now() - start_;
    for (const std::string& line : telemetry::StatusLines(run_.Snapshot(), elapsed)) {
      run_.log_.Info(line);
    }
  }

 private:
  const RunTelemetry& run_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

RunTelemetry::RunTelemetry(std::function<RunSnapshot()> read_run, const DeliveryStats* delivery,
                           telemetry::Log& log)
    : read_run_(std::move(read_run)),
      delivery_(delivery),
      log_(log),
      status_report_(std::make_unique<StatusReport>(*this)) {}

RunTelemetry::~RunTelemetry() = default;

Result<void> RunTelemetry::ServeMetrics(const std::string& where) {
  auto address = telemetry::ParseListenAddress(where);
  if (!address) return Forward(std::move(address));
  const telemetry::BuildInfo build = {ESPCAP_VERSION, dissect::EpanLibrary::Version()};
  auto server = telemetry::MetricsServer::Start(
      *address,
      {[this, build] { return telemetry::FormatMetrics(Snapshot(), build); },
       [this] { return Snapshot().unhealthy_reason; }},
      {});
  if (!server) return Forward(std::move(server));
  metrics_server_ = std::move(*server);
  const telemetry::ListenAddress& real = metrics_server_->address();
  log_.Info(fmt::format("metrics: http://{}/metrics", real.Text()));
  if (!real.IsLoopback()) {
    log_.Warning(
        fmt::format("--metrics {}: packet counts and the servers' names are visible to everyone "
                    "who reaches this address",
                    real.Text()));
  }
  return {};
}

void RunTelemetry::WriteDocuments(base::EventLoop& loop, RunDocuments::Options options) {
  documents_ = std::make_unique<RunDocuments>(
      loop, std::move(options), [this] { return Snapshot(); }, log_);
}

void RunTelemetry::End(const Ledger& ledger, ExitStatus status) {
  if (documents_ == nullptr) return;
  RunSnapshot last = Snapshot();
  last.ledger = ledger;
  documents_->End(last, static_cast<int>(status));
}

std::vector<base::PollService*> RunTelemetry::services() const {
  std::vector<base::PollService*> services = {status_report_.get()};
  if (metrics_server_ != nullptr) services.push_back(metrics_server_.get());
  if (documents_ != nullptr) services.push_back(documents_.get());
  return services;
}

RunSnapshot RunTelemetry::Snapshot() const {
  RunSnapshot snapshot = read_run_();
  snapshot.delivery = delivery_;
  snapshot.unhealthy_reason = supervise::UnhealthyReason(supervise::HealthOf(snapshot));
  return snapshot;
}

}  // namespace espcap::app
