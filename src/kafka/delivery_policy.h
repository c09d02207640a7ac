// SPDX-License-Identifier: GPL-2.0-or-later
//
// What follows from the outcome of one message. A pure function.
#ifndef ESPCAP_KAFKA_DELIVERY_POLICY_H_
#define ESPCAP_KAFKA_DELIVERY_POLICY_H_

#include <librdkafka/rdkafka.h>

#include <cstdint>

#include "espcap/ledger.h"

namespace espcap::kafka {

enum class MessageAction : uint8_t {
  kDelivered,  // every replica in sync has it
  kAgain,      // a state of brokers, topic or rights, which may pass
  kRefused,    // for good, because of the message itself
  kEndRun,     // nothing can be delivered: rights or a topic were missing from the start, or
               // librdkafka can't keep what it promises any more
};

// `has_delivered`: a message of this run is there already, so what is missing now was there.
MessageAction ActionFor(rd_kafka_resp_err_t error, bool has_delivered);

// What counts packets without an outcome at the end: a run that is stopped abandons them, one that
// a fatal error of librdkafka ends has lost them.
uint64_t Ledger::*GivenUpAs(bool is_fatal);

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_DELIVERY_POLICY_H_
