// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/failure.h"

#include <fmt/format.h>

namespace espcap::kafka {
namespace {

constexpr int kScramRepaired = 0x020601ff;  // 2.6.1: a nonce is no longer sent twice

bool Says(std::string_view reason, std::string_view words) {
  return reason.find(words) != std::string_view::npos;
}

// OpenSSL's words also come with the codes of a lost connection.
bool IsOfTls(rd_kafka_resp_err_t error, std::string_view reason) {
  return error == RD_KAFKA_RESP_ERR__SSL || Says(reason, "SSL routines");
}

std::string_view AdviceFor(rd_kafka_resp_err_t error, std::string_view reason,
                           std::string_view mechanism, int version) {
  if (IsOfTls(error, reason)) {
    if (Says(reason, "verif")) {
      return "--ca-file names the CA that has signed the broker's certificate";
    }
    return "--ca-file, --client-cert and --client-key say which certificates are used";
  }
  switch (error) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
      if (mechanism.starts_with("SCRAM") && version < kScramRepaired) {
        return "librdkafka below 2.6.1 can't log in by SCRAM to Kafka 4 (it sends a nonce twice): "
               "use another mechanism, such as PLAIN with TLS, or a newer librdkafka";
      }
      return "check --user and the password, and --kafka sasl.mechanism";
    case RD_KAFKA_RESP_ERR__RESOLVE:
      return "check the broker's name";
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return "the user needs the right to write to the topic (operation Write), or to read it "
             "(operation Read)";
    default:
      return {};
  }
}

}  // namespace

bool IsForGood(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return true;
    default:
      return false;
  }
}

bool IsTransient(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR__WAIT_COORD:
    case RD_KAFKA_RESP_ERR__TRANSPORT:
      return true;
    default:
      return false;
  }
}

bool IsBrokerAway(rd_kafka_resp_err_t error, std::string_view reason) {
  return error == RD_KAFKA_RESP_ERR__TRANSPORT && !IsOfTls(error, reason);
}

std::string Explain(rd_kafka_resp_err_t error, std::string_view reason, std::string_view mechanism,
                    int version) {
  const std::string_view advice = AdviceFor(error, reason, mechanism, version);
  return advice.empty() ? std::string(reason) : fmt::format("{}; {}", reason, advice);
}

}  // namespace espcap::kafka
