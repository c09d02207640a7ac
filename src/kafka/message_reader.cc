// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/message_reader.h"

#include <algorithm>
#include <optional>
#include <string>

#include "kafka/error_report.h"
#include "kafka/failure.h"
#include "kafka/partition_list.h"
#include "kafka/reader_client.h"

namespace espcap::kafka {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Messages that are skipped sooner than it is gone on elsewhere.
constexpr int64_t kMostSkipped = 64;
// For a partition, after one that nobody answered for: brokers that are away are waited for once.
constexpr milliseconds kImpatience{1000};

// Of one partition.
class Reading {
 public:
  Reading(const Client& client, const Connection& connection, int32_t partition,
          std::span<const int64_t> offsets, const MessageReader::OnMessage& on_message,
          milliseconds timeout)
      : client_(client),
        connection_(connection),
        partition_(partition),
        left_(offsets),
        on_message_(on_message),
        timeout_(timeout) {}

  Result<void> Run() {
    const auto marks = AskWatermarks(client_, connection_, partition_, timeout_);
    if (!marks) {
      is_answered_ = false;
      return TellRest(marks.error().message);
    }
    if (auto told = TellBefore(marks->low); !told) return told;
    end_ = marks->high;
    while (HasNext()) {
      if (auto read = ReadFromNext(); !read) return read;
      if (fault_) return TellRest(*fault_);
    }
    return TellRest(fmt::format("the partition ends before it, at offset {}", end_));
  }

  Result<void> TellRest(const std::string& reason) {
    while (!left_.empty()) {
      if (auto told = Tell(Fail("{}", reason)); !told) return told;
    }
    return {};
  }

  [[nodiscard]] bool is_answered() const { return is_answered_; }

 private:
  [[nodiscard]] bool HasNext() const { return !left_.empty() && left_.front() < end_; }

  Result<void> Tell(const Result<std::string_view>& value) {
    const int64_t offset = left_.front();
    left_ = left_.subspan(1);
    return on_message_(offset, value);
  }

  // What compaction and retention have left out.
  Result<void> TellBefore(int64_t offset) {
    while (!left_.empty() && left_.front() < offset) {
      if (auto told = Tell(Fail("the brokers have deleted this message")); !told) return told;
    }
    return {};
  }

  // Up to a gap that is worth a fetch of its own, an end, or a fault.
  Result<void> ReadFromNext() {
    const PartitionList list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), connection_.address.topic.c_str(), partition_)
        ->offset = left_.front();
    if (const auto error = rd_kafka_assign(client_.get(), list.get())) {
      fault_ = Refused(connection_, error, rd_kafka_err2str(error)).value().message;
      return {};
    }
    Clock::time_point deadline = Clock::now() + timeout_;
    is_at_gap_ = false;
    while (HasNext() && !is_at_gap_ && !fault_) {
      const auto wait = std::chrono::ceil<milliseconds>(deadline - Clock::now());
      const Event event =
          client_.NextEvent(static_cast<int>(std::max(wait, milliseconds(0)).count()));
      if (event != nullptr && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_FETCH) {
        if (auto told = OnMessages(*event); !told) return told;
        deadline = Clock::now() + timeout_;
        continue;
      }
      if (event != nullptr && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR) {
        if (auto told = OnError(*event); !told) return told;
      }
      if (Clock::now() >= deadline && !fault_) {
        is_answered_ = false;
        fault_ = fmt::format("{}: no broker answers within {} s", connection_.address.Text(),
                             std::chrono::ceil<std::chrono::seconds>(timeout_).count());
      }
    }
    return {};
  }

  Result<void> OnMessages(rd_kafka_event_t& event) {
    while (const rd_kafka_message_t* message = rd_kafka_event_message_next(&event)) {
      const bool is_value =
          message->err == RD_KAFKA_RESP_ERR_NO_ERROR && message->partition == partition_;
      if (!is_value || !HasNext() || is_at_gap_) continue;
      if (auto told = TellBefore(message->offset); !told) return told;
      if (!HasNext() || left_.front() > message->offset) continue;
      auto told = Tell(std::string_view(static_cast<const char*>(message->payload), message->len));
      if (!told) return told;
      is_at_gap_ = !left_.empty() && left_.front() - message->offset > kMostSkipped;
    }
    return {};
  }

  Result<void> OnError(rd_kafka_event_t& event) {
    const auto error = rd_kafka_event_error(&event);
    if (error == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      const Partition end(rd_kafka_event_topic_partition(&event));
      if (end != nullptr && end->partition == partition_) return TellBefore(end->offset);
    } else if (IsForGood(error)) {
      fault_ = Refused(connection_, error, ReportOf(client_, event).reason).value().message;
    }
    return {};
  }

  const Client& client_;
  const Connection& connection_;
  const int32_t partition_;
  std::span<const int64_t> left_;
  const MessageReader::OnMessage& on_message_;
  const milliseconds timeout_;
  int64_t end_ = 0;  // of the partition, at the beginning
  bool is_at_gap_ = false;
  bool is_answered_ = true;
  std::optional<std::string> fault_;
};

}  // namespace

Result<MessageReader> MessageReader::Start(Connection connection, int32_t partitions,
                                           milliseconds timeout) {
  auto client = StartReader(connection, "espcap-reader",
                            {{"queued.max.messages.kbytes", "16384"},
                             {"fetch.wait.max.ms", "100"},
                             {"reconnect.backoff.max.ms", "2000"}});
  if (!client) return Forward(std::move(client));
  return MessageReader(std::move(connection), std::move(*client), partitions, timeout);
}

Result<void> MessageReader::Read(int32_t partition, std::span<const int64_t> offsets,
                                 const OnMessage& on_message) {
  Reading reading(client_, connection_, partition, offsets, on_message,
                  is_answered_ ? timeout_ : std::min(timeout_, kImpatience));
  if (partition >= partitions_) return reading.TellRest("the topic has no such partition");
  auto read = reading.Run();
  is_answered_ = reading.is_answered();
  rd_kafka_assign(client_.get(), nullptr);
  return read;
}

}  // namespace espcap::kafka
