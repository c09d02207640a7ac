// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether a member of a group is about to join it, for the first time or anew: from its request on
// until it is told what is assigned to it. librdkafka joins anew without a word to the application.
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
  void Expect() { is_joining_ = true; }
  [[nodiscard]] bool is_joining() const { return is_joining_; }

 private:
  static rd_kafka_resp_err_t OnNew(rd_kafka_t* client, const rd_kafka_conf_t* configuration,
                                   void* watch, char* error, size_t error_bytes);
  static rd_kafka_resp_err_t OnRequest(rd_kafka_t* client, int socket, const char* broker,
                                       int32_t broker_id, int16_t api, int16_t version,
                                       int32_t correlation, size_t bytes, void* watch);
  static rd_kafka_resp_err_t OnResponse(rd_kafka_t* client, int socket, const char* broker,
                                        int32_t broker_id, int16_t api, int16_t version,
                                        int32_t correlation, size_t bytes, int64_t round_trip_us,
                                        rd_kafka_resp_err_t error, void* watch);

  std::atomic<bool> is_joining_ = false;
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_JOIN_WATCH_H_
