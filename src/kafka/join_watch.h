// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether a member of a group is one, or is about to join it, for the first time or anew: from its
// request on until it is told what is assigned to it. librdkafka joins anew without a word to the
// application.
// Written by librdkafka's threads.
#ifndef ESPCAP_KAFKA_JOIN_WATCH_H_
#define ESPCAP_KAFKA_JOIN_WATCH_H_

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <cstdint>

namespace espcap::kafka {

class JoinWatch {
 public:
  // Of the client that is made of this configuration; outlives it.
  void Begin(rd_kafka_conf_t* configuration);

  // It is about to ask.
  void Expect() { state_ = State::kJoining; }
  [[nodiscard]] bool is_joining() const { return state_ == State::kJoining; }
  // Something was assigned to it, if only no partition.
  [[nodiscard]] bool is_member() const { return state_ == State::kMember; }

 private:
  enum class State : uint8_t { kOutside, kJoining, kMember };

  static rd_kafka_resp_err_t OnNew(rd_kafka_t* client, const rd_kafka_conf_t* configuration,
                                   void* watch, char* error, size_t error_bytes);
  static rd_kafka_resp_err_t OnRequest(rd_kafka_t* client, int socket, const char* broker,
                                       int32_t broker_id, int16_t api, int16_t version,
                                       int32_t correlation, size_t bytes, void* watch);
  static rd_kafka_resp_err_t OnResponse(rd_kafka_t* client, int socket, const char* broker,
                                        int32_t broker_id, int16_t api, int16_t version,
                                        int32_t correlation, size_t bytes, int64_t round_trip_us,
                                        rd_kafka_resp_err_t error, void* watch);

  std::atomic<State> state_ = State::kOutside;
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_JOIN_WATCH_H_
