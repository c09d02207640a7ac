// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a client of librdkafka says of brokers and connections by itself.
#ifndef ESPCAP_KAFKA_ERROR_REPORT_H_
#define ESPCAP_KAFKA_ERROR_REPORT_H_

#include <librdkafka/rdkafka.h>

#include <string>

#include "kafka/client.h"

namespace espcap::kafka {

struct ErrorReport {
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::string reason;  // librdkafka's, which names the broker
};

// Of an event of the kind RD_KAFKA_EVENT_ERROR.
ErrorReport ReportOf(const Client& client, rd_kafka_event_t& event);

// Whether the client is of no use any more. librdkafka tells each time why, and not that it is so.
bool HasFatalError(const Client& client);

// The client's fatal error, by name. REQUIRES: it has one.
std::string FatalReason(const Client& client);

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_ERROR_REPORT_H_
