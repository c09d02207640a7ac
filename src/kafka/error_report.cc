// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/error_report.h"

#include <fmt/format.h>

#include <array>

namespace espcap::kafka {

bool HasFatalError(const Client& client) {
  return rd_kafka_fatal_error(client.get(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
}

std::string FatalReason(const Client& client) {
  std::array<char, 512> text{};
  const rd_kafka_resp_err_t error = rd_kafka_fatal_error(client.get(), text.data(), text.size());
  return fmt::format("fatal error {}: {}", rd_kafka_err2name(error), text.data());
}

ErrorReport ReportOf(const Client& client, rd_kafka_event_t& event) {
  ErrorReport report{rd_kafka_event_error(&event), rd_kafka_event_error_string(&event)};
  if (HasFatalError(client)) {
    report.error = RD_KAFKA_RESP_ERR__FATAL;
    report.reason = FatalReason(client);
  }
  return report;
}

}  // namespace espcap::kafka
