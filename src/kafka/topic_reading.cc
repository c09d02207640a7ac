// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/topic_reading.h"

#include <algorithm>
#include <set>

#include "kafka/error_report.h"
#include "kafka/failure.h"
#include "kafka/partition_list.h"
#include "kafka/reader_client.h"

namespace espcap::kafka {
namespace {

using Clock = std::chrono::steady_clock;
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

// What rd_kafka_committed says as a whole, or else of a partition.
rd_kafka_resp_err_t AskCommitted(const Client& client, rd_kafka_topic_partition_list_t& list,
                                 int timeout_ms) {
  const auto error = rd_kafka_committed(client.get(), &list, timeout_ms);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return error;
  for (int at = 0; at < list.cnt; ++at) {
    if (list.elems[at].err != RD_KAFKA_RESP_ERR_NO_ERROR) return list.elems[at].err;
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace

Result<uint64_t> AskLag(const Connection& connection, int32_t partitions, const std::string& group,
                        milliseconds timeout) {
  const auto client = StartReader(connection, group);
  if (!client) return tl::unexpected(client.error());
  const PartitionList list = PartitionsOf(connection, partitions);
  const auto asked = AskUntilAnswered(timeout, [&client, &list](int timeout_ms) {
    return AskCommitted(*client, *list, timeout_ms);
  });
  if (asked != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Refused(connection, asked, rd_kafka_err2str(asked));
  }
  uint64_t lag = 0;
  for (int at = 0; at < list->cnt; ++at) {
    const rd_kafka_topic_partition_t& partition = list->elems[at];
    const auto marks = AskWatermarks(*client, connection, partition.partition, timeout);
    if (!marks) return tl::unexpected(marks.error());
    const auto [low, high] = *marks;
    lag += static_cast<uint64_t>(high - std::min(high, std::max(low, partition.offset)));
  }
  return lag;
}

Result<std::vector<int64_t>> AskEnds(const Connection& connection, int32_t partitions,
                                     milliseconds timeout) {
  const auto client = StartReader(connection, "espcap-reader");
  if (!client) return tl::unexpected(client.error());
  std::vector<int64_t> ends;
  for (int32_t partition = 0; partition < partitions; ++partition) {
    const auto marks = AskWatermarks(*client, connection, partition, timeout);
    if (!marks) return tl::unexpected(marks.error());
    ends.push_back(marks->high);
  }
  return ends;
}

Result<void> ReadWholeTopic(const Connection& connection, int32_t partitions,
                            const OnMessage& on_message, milliseconds timeout) {
  const auto client = StartReader(connection, "espcap-reader");
  if (!client) return tl::unexpected(client.error());
  const PartitionList list = PartitionsOf(connection, partitions);
  if (const auto error = rd_kafka_assign(client->get(), list.get())) {
    return Refused(connection, error, rd_kafka_err2str(error));
  }
  std::set<int32_t> ended;
  Clock::time_point deadline = Clock::now() + timeout;
  while (ended.size() < static_cast<size_t>(partitions)) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) {
      return Fail("{}: no broker answers within {} s", connection.address.Text(),
                  std::chrono::duration_cast<std::chrono::seconds>(timeout).count());
    }
    const Event event = client->NextEvent(static_cast<int>(left.count()));
    if (event == nullptr) continue;
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_FETCH) {
      deadline = Clock::now() + timeout;
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
