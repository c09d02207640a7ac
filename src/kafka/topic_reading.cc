// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/topic_reading.h"

#include <algorithm>
#include <set>

#include "kafka/error_report.h"
#include "kafka/failure.h"
#include "kafka/partition_list.h"

namespace espcap::kafka {
namespace {

using std::chrono::milliseconds;

// Every one, from its first message on.
PartitionList PartitionsOf(const Connection& connection, int32_t partitions) {
  PartitionList list(rd_kafka_topic_partition_list_new(partitions));
  for (int32_t partition = 0; partition < partitions; ++partition) {
    rd_kafka_topic_partition_list_add(list.get(), connection.address.topic.c_str(), partition)
        ->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  return list;
}

Result<Client> StartConsumer(const Connection& connection, const std::string& group) {
  return Client::Start(Client::Kind::kConsumer, connection, {{"client.id", "espcap"}},
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

}  // namespace

Result<uint64_t> AskLag(const Connection& connection, int32_t partitions, const std::string& group,
                        milliseconds timeout) {
  const auto client = StartConsumer(connection, group);
  if (!client) return tl::unexpected(client.error());
  const int timeout_ms = static_cast<int>(timeout.count());
  const PartitionList list = PartitionsOf(connection, partitions);
  if (const auto error = rd_kafka_committed(client->get(), list.get(), timeout_ms)) {
    return Refused(connection, error, rd_kafka_err2str(error));
  }
  uint64_t lag = 0;
  for (int at = 0; at < list->cnt; ++at) {
    const rd_kafka_topic_partition_t& partition = list->elems[at];
    int64_t low = 0;
    int64_t high = 0;
    const auto error =
        rd_kafka_query_watermark_offsets(client->get(), connection.address.topic.c_str(),
                                         partition.partition, &low, &high, timeout_ms);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return Refused(connection, error, rd_kafka_err2str(error));
    }
    lag += static_cast<uint64_t>(high - std::min(high, std::max(low, partition.offset)));
  }
  return lag;
}

Result<void> ReadWholeTopic(const Connection& connection, int32_t partitions,
                            const OnMessage& on_message, milliseconds timeout) {
  const auto client = StartConsumer(connection, "espcap-reader");
  if (!client) return tl::unexpected(client.error());
  const PartitionList list = PartitionsOf(connection, partitions);
  if (const auto error = rd_kafka_assign(client->get(), list.get())) {
    return Refused(connection, error, rd_kafka_err2str(error));
  }
  std::set<int32_t> ended;
  while (ended.size() < static_cast<size_t>(partitions)) {
    const Event event = client->NextEvent(static_cast<int>(timeout.count()));
    if (event == nullptr) {
      return Fail("{}: no broker answers within {} s", connection.address.Text(),
                  std::chrono::duration_cast<std::chrono::seconds>(timeout).count());
    }
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_FETCH) {
      while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event.get())) {
        on_message({static_cast<const char*>(message->key), message->key_len},
                   {static_cast<const char*>(message->payload), message->len});
      }
    } else if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR) {
      const auto error = rd_kafka_event_error(event.get());
      if (error == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        const Partition end(rd_kafka_event_topic_partition(event.get()));
        if (end != nullptr) ended.insert(end->partition);
      } else if (IsForGood(error)) {
        return Refused(connection, error, ReportOf(*client, *event).reason);
      }
    }
  }
  return {};
}

}  // namespace espcap::kafka
