// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/error_report.h"

#include <array>

namespace espcap::kafka {

ErrorReport ReportOf(const Client& client, rd_kafka_event_t& event) {
  ErrorReport report{rd_kafka_event_error(&event), rd_kafka_event_error_string(&event)};
  if (report.error == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, 512> text{};
    rd_kafka_fatal_error(client.get(), text.data(), text.size());
    report.reason = text.data();
  }
  return report;
}

}  // namespace espcap::kafka
