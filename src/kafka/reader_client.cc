// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/reader_client.h"

namespace espcap::kafka {

Result<Client> StartReader(const Connection& connection, const std::string& group,
                           const Properties& defaults) {
  Properties all = {{"client.id", "espcap"}};
  all.insert(all.end(), defaults.begin(), defaults.end());
  return Client::Start(Client::Kind::kConsumer, connection, all,
                       {{"group.id", group},
                        {"enable.auto.commit", "false"},
                        {"enable.partition.eof", "true"},
                        {"auto.offset.reset", "earliest"}});
}

tl::unexpected<Error> Refused(const Connection& connection, rd_kafka_resp_err_t error,
                              std::string_view reason) {
  return Fail(
      "{}: {}", connection.address.Text(),
      Explain(error, reason, ValueOf(connection.properties, "sasl.mechanism"), rd_kafka_version()));
}

Result<Watermarks> AskWatermarks(const Client& client, const Connection& connection,
                                 int32_t partition, std::chrono::milliseconds timeout) {
  Watermarks marks;
  const auto error = AskUntilAnswered(timeout, [&](int timeout_ms) {
    return rd_kafka_query_watermark_offsets(client.get(), connection.address.topic.c_str(),
                                            partition, &marks.low, &marks.high, timeout_ms);
  });
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Refused(connection, error, rd_kafka_err2str(error));
  }
  return marks;
}

}  // namespace espcap::kafka
