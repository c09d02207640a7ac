// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/join_watch.h"

namespace espcap::kafka {
namespace {

constexpr const char* kName = "espcap";
// https://kafka.apache.org/protocol#protocol_api_keys
constexpr int16_t kJoinGroup = 11;
constexpr int16_t kSyncGroup = 14;  // its answer is the assignment

}  // namespace

void JoinWatch::Begin(rd_kafka_conf_t* configuration) {
  rd_kafka_conf_interceptor_add_on_new(configuration, kName, OnNew, this);
}

rd_kafka_resp_err_t JoinWatch::OnNew(rd_kafka_t* client, const rd_kafka_conf_t* /*configuration*/,
                                     void* watch, char* /*error*/, size_t /*error_bytes*/) {
  rd_kafka_interceptor_add_on_request_sent(client, kName, OnRequest, watch);
  rd_kafka_interceptor_add_on_response_received(client, kName, OnResponse, watch);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t JoinWatch::OnRequest(rd_kafka_t* /*client*/, int /*socket*/,
                                         const char* /*broker*/, int32_t /*broker_id*/, int16_t api,
                                         int16_t /*version*/, int32_t /*correlation*/,
                                         size_t /*bytes*/, void* watch) {
  if (api == kJoinGroup) static_cast<JoinWatch*>(watch)->state_ = State::kJoining;
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t JoinWatch::OnResponse(rd_kafka_t* /*client*/, int /*socket*/,
                                          const char* /*broker*/, int32_t /*broker_id*/,
                                          int16_t api, int16_t /*version*/, int32_t /*correlation*/,
                                          size_t /*bytes*/, int64_t /*round_trip_us*/,
                                          rd_kafka_resp_err_t /*error*/, void* watch) {
  if (api == kSyncGroup) static_cast<JoinWatch*>(watch)->state_ = State::kMember;
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace espcap::kafka
