// SPDX-License-Identifier: GPL-2.0-or-later
//
// What librdkafka's errors mean for the user. Pure.
#ifndef ESPCAP_KAFKA_FAILURE_H_
#define ESPCAP_KAFKA_FAILURE_H_

#include <librdkafka/rdkafka.h>

#include <string>
#include <string_view>

namespace espcap::kafka {

// Whether waiting can't repair it: credentials, certificates. Brokers that are all away may come
// back, and librdkafka 2.14 says that they are, too, when it lets go of its first connection.
bool IsForGood(rd_kafka_resp_err_t error);

// Whether it is over in moments, without anyone's doing: a coordinator or leader that moves, such
// as while the topic of committed offsets is made or a broker starts.
bool IsTransient(rd_kafka_resp_err_t error);

// Whether a connection is lost or refused as by a broker that starts anew. `reason`: librdkafka's.
bool IsBrokerAway(rd_kafka_resp_err_t error, std::string_view reason);

// `reason`: librdkafka's, which names the host. With what to do, where that is known.
// `mechanism`: of SASL; `version`: librdkafka's, as rd_kafka_version() has it.
std::string Explain(rd_kafka_resp_err_t error, std::string_view reason, std::string_view mechanism,
                    int version);

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_FAILURE_H_
