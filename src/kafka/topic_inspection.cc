// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/topic_inspection.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "kafka/failure.h"
#include "kafka/reader_client.h"

namespace espcap::kafka {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kLook{250};          // at what went wrong meanwhile
constexpr milliseconds kCreation{3000};     // a broker that makes topics itself needs some time
constexpr milliseconds kPropagation{1000};  // a topic that was just made may not be known yet
constexpr milliseconds kDescription{5000};  // of the topic's configuration
constexpr uint64_t kDefaultMessageBytes = 1'048'588;  // Kafka's own default

struct Destroy {
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
  void operator()(const rd_kafka_metadata_t* metadata) const {
    rd_kafka_metadata_destroy(metadata);
  }
  void operator()(rd_kafka_ConfigResource_t* resource) const {
    rd_kafka_ConfigResource_destroy(resource);
  }
  void operator()(rd_kafka_AdminOptions_t* options) const {
    rd_kafka_AdminOptions_destroy(options);
  }
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
template <class T>
using Owned = std::unique_ptr<T, Destroy>;

class Inspection {
 public:
  Inspection(const Connection& connection, Client client)
      : address_(connection.address),
        mechanism_(ValueOf(connection.properties, "sasl.mechanism")),
        client_(std::move(client)),
        topic_(rd_kafka_topic_new(client_.get(), address_.topic.c_str(), nullptr)) {}

  // None: the brokers say for `most_missing` that there is no such topic.
  Result<std::optional<int32_t>> AskPartitions(milliseconds timeout, milliseconds most_missing) {
    const Clock::time_point deadline = Clock::now() + timeout;
    std::optional<Clock::time_point> missing_since;
    for (;;) {
      const rd_kafka_metadata_t* answer = nullptr;
      const auto asked = rd_kafka_metadata(client_.get(), 0, topic_.get(), &answer,
                                           static_cast<int>(kLook.count()));
      const Owned<const rd_kafka_metadata_t> metadata(answer);
      if (asked == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topic_cnt == 1) {
        const rd_kafka_metadata_topic_t& topic = metadata->topics[0];
        if (topic.err == RD_KAFKA_RESP_ERR_NO_ERROR && topic.partition_cnt > 0) {
          return topic.partition_cnt;
        }
        if (IsForGood(topic.err)) return Refuse(topic.err, rd_kafka_err2str(topic.err));
        reason_ = rd_kafka_err2str(topic.err);
        if (!missing_since) missing_since = Clock::now();
        if (IsMissing(topic.err) && Clock::now() >= *missing_since + most_missing) {
          return std::nullopt;
        }
      }
      if (auto failed = LookAtErrors(); !failed) return Forward(std::move(failed));
      if (Clock::now() >= deadline) {
        return Fail("{}: no broker answers within {} s{}{}", address_.Text(),
                    std::chrono::duration_cast<std::chrono::seconds>(timeout).count(),
                    reason_.empty() ? "" : ": ", reason_);
      }
    }
  }

  // None: who may write to a topic may not be allowed to read its configuration.
  std::optional<uint64_t> AskMessageBytes() {
    const Owned<rd_kafka_queue_t> answers(rd_kafka_queue_new(client_.get()));
    const Owned<rd_kafka_ConfigResource_t> resource(
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, address_.topic.c_str()));
    const Owned<rd_kafka_AdminOptions_t> options(
        rd_kafka_AdminOptions_new(client_.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS));
    rd_kafka_ConfigResource_t* asked = resource.get();
    rd_kafka_DescribeConfigs(client_.get(), &asked, 1, options.get(), answers.get());
    const Event answer(rd_kafka_queue_poll(answers.get(), static_cast<int>(kDescription.count())));
    const auto* result =
        answer == nullptr ? nullptr : rd_kafka_event_DescribeConfigs_result(answer.get());
    return result == nullptr ? std::nullopt : MessageBytesOf(*result);
  }

 private:
  static bool IsMissing(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
  }

  [[nodiscard]] tl::unexpected<Error> Refuse(rd_kafka_resp_err_t error,
                                             std::string_view reason) const {
    return Fail("{}: {}", address_.Text(), Explain(error, reason, mechanism_, rd_kafka_version()));
  }

  // Of single connections: the first that time can't repair ends it. A broker that starts anew is
  // given the time that there is.
  Result<void> LookAtErrors() {
    while (const Event event = client_.NextEvent(static_cast<int>(kLook.count()) / 5)) {
      if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_ERROR) continue;
      const rd_kafka_resp_err_t error = rd_kafka_event_error(event.get());
      const char* text = rd_kafka_event_error_string(event.get());
      if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
        // Newer librdkafka says no error of a connection that a broker has closed.
        const bool has_reason = last_error_ != RD_KAFKA_RESP_ERR_NO_ERROR;
        if (!has_reason || IsBrokerAway(last_error_, reason_)) continue;
        return Refuse(last_error_, reason_.empty() ? text : reason_);
      }
      reason_ = text;
      last_error_ = error;
      if (IsForGood(error)) return Refuse(error, reason_);
    }
    return {};
  }

  static std::optional<uint64_t> MessageBytesOf(const rd_kafka_DescribeConfigs_result_t& result) {
    size_t resources_count = 0;
    const auto* const resources =
        rd_kafka_DescribeConfigs_result_resources(&result, &resources_count);
    if (resources_count != 1) return std::nullopt;
    size_t count = 0;
    const auto* const entries = rd_kafka_ConfigResource_configs(resources[0], &count);
    for (size_t at = 0; at < count; ++at) {
      if (std::string_view(rd_kafka_ConfigEntry_name(entries[at])) != "max.message.bytes") continue;
      const char* const value = rd_kafka_ConfigEntry_value(entries[at]);
      const std::string_view text = value == nullptr ? "" : value;
      uint64_t bytes = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
      if (error == std::errc() && end == text.data() + text.size()) return bytes;
    }
    return std::nullopt;
  }

  const Address& address_;
  std::string mechanism_;
  Client client_;
  Owned<rd_kafka_topic_t> topic_;
  rd_kafka_resp_err_t last_error_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::string reason_;  // of the last error
};

// A producer's questions make a topic where the brokers are set so.
Result<TopicFacts> AskForCreation(const Connection& connection, milliseconds timeout) {
  auto client = Client::Start(Client::Kind::kProducer, connection, {}, {});
  if (!client) return Forward(std::move(client));
  auto partitions = Inspection(connection, std::move(*client)).AskPartitions(timeout, kCreation);
  if (!partitions) return Forward(std::move(partitions));
  const Address& address = connection.address;
  if (!*partitions) {
    return Fail(
        "{}: there is no such topic; make it: kafka-topics.sh --bootstrap-server {} --create "
        "--topic {} --partitions 12",
        address.Text(), address.brokers.front(), address.topic);
  }
  TopicFacts facts;
  facts.partitions = **partitions;
  facts.warnings.push_back(fmt::format(
      "{}: the broker has made this topic by itself, with {} {}; the number can only grow later, "
      "and conversations change their partition then",
      address.Text(), facts.partitions, facts.partitions == 1 ? "partition" : "partitions"));
  return facts;
}

}  // namespace

Result<TopicFacts> InspectTopic(const Connection& connection, milliseconds timeout, TopicUse use) {
  const bool is_read_only = use == TopicUse::kReadOnly;
  auto client = StartReader(connection, "espcap-reader");
  if (!client) return Forward(std::move(client));
  Inspection inspection(connection, std::move(*client));
  auto partitions = inspection.AskPartitions(timeout, kPropagation);
  if (!partitions) return Forward(std::move(partitions));
  if (!*partitions && is_read_only) {
    return Fail("{}: there is no such topic", connection.address.Text());
  }
  TopicFacts facts;
  if (*partitions) {
    facts.partitions = **partitions;
  } else {
    auto made = AskForCreation(connection, timeout);
    if (!made) return made;
    facts = std::move(*made);
  }
  if (is_read_only) return facts;
  const auto bytes = inspection.AskMessageBytes();
  facts.max_message_bytes = bytes.value_or(kDefaultMessageBytes);
  if (!bytes) {
    facts.warnings.push_back(fmt::format(
        "{}: its max.message.bytes can't be read, which needs the right DescribeConfigs; {} are "
        "assumed",
        connection.address.Text(), kDefaultMessageBytes));
  }
  return facts;
}

}  // namespace espcap::kafka
