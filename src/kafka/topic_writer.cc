// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/topic_writer.h"

#include <array>
#include <utility>

#include "kafka/delivery_policy.h"
#include "kafka/failure.h"

namespace espcap::kafka {
namespace {

constexpr std::chrono::milliseconds kAgainWait{1000};

}  // namespace

TopicWriter::TopicWriter(base::EventLoop& loop, std::string name, std::string mechanism,
                         std::unique_ptr<Producer> producer, std::string sensor)
    : name_(std::move(name)),
      mechanism_(std::move(mechanism)),
      sensor_(std::move(sensor)),
      loop_(loop),
      timer_(loop, [] {}),
      producer_(std::move(producer)) {}

Result<std::unique_ptr<TopicWriter>> TopicWriter::Start(base::EventLoop& loop,
                                                        const Connection& connection,
                                                        uint64_t max_message_bytes,
                                                        std::string sensor) {
  auto producer = Producer::Start(loop, connection, max_message_bytes, {});
  if (!producer) return Forward(std::move(producer));
  return std::unique_ptr<TopicWriter>(
      new TopicWriter(loop, connection.address.Text(),
                      std::string(ValueOf(connection.properties, "sasl.mechanism")),
                      std::move(*producer), std::move(sensor)));
}

void TopicWriter::Send(int32_t partition, std::string key, std::string value, Headers headers,
                       Acknowledged acknowledged) {
  const auto place = pending_.emplace(pending_.end());
  *place = {partition,          std::move(key),          std::move(value),
            std::move(headers), std::move(acknowledged), place};
  unsent_.push_back(&*place);
  Enqueue();
}

void TopicWriter::Enqueue() {
  while (!unsent_.empty() && failure_.empty() && loop_.Now() >= again_at_) {
    Pending& message = *unsent_.front();
    std::array<Header, Message::kMaxHeaders> headers = {Header{"sensor", sensor_}};
    size_t count = 1;
    for (const auto& [name, value] : message.headers) {
      if (count < headers.size()) headers.at(count++) = {name, value};
    }
    Message out;
    out.partition = message.partition;
    out.key = message.key;
    out.value = message.value;
    out.headers = {headers.data(), count};
    out.opaque = &message;
    const auto error = producer_->Enqueue(out);
    if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      again_at_ = loop_.Now() + kAgainWait;
      timer_.Set(again_at_);
      return;
    }
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Refuse(error);
    unsent_.pop_front();
  }
}

void TopicWriter::Refuse(rd_kafka_resp_err_t error) {
  if (!failure_.empty()) return;
  failure_ = Explain(error, rd_kafka_err2str(error), mechanism_, rd_kafka_version());
}

Result<void> TopicWriter::Poll() {
  const Producer::Reports reports = producer_->DrainReports();
  for (const ErrorReport& error : reports.errors) {
    complaint_ = error.reason;
    if (error.error == RD_KAFKA_RESP_ERR__FATAL) failure_ = error.reason;
  }
  for (const MessageReport& report : reports.messages) {
    auto& message = *static_cast<Pending*>(report.opaque);
    switch (ActionFor(report.error, has_delivered_)) {
      case MessageAction::kDelivered: {
        has_delivered_ = true;
        complaint_.clear();
        const auto acknowledged = std::move(message.acknowledged);
        pending_.erase(message.place);
        if (acknowledged) acknowledged(report.offset);
        break;
      }
      case MessageAction::kAgain:
        unsent_.push_back(&message);
        again_at_ = loop_.Now() + kAgainWait;
        timer_.Set(again_at_);
        break;
      case MessageAction::kRefused:
      case MessageAction::kEndRun:
        Refuse(report.error);
    }
  }
  Enqueue();
  if (failure_.empty()) return {};
  return Fail("{}: {}", name_, failure_);
}

}  // namespace espcap::kafka
