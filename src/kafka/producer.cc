// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/producer.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <future>
#include <system_error>
#include <utility>

#include "base/event_fd.h"

namespace espcap::kafka {
namespace {

constexpr size_t kMessagesAtOnce = 10'000;  // told of in one turn of the loop

Properties Defaults(const Properties& compression) {
  Properties defaults = {{"client.id", "espcap"},
                         {"linger.ms", "20"},
                         {"reconnect.backoff.max.ms", "2000"},
                         {"topic.metadata.refresh.interval.ms", "60000"}};
  defaults.insert(defaults.end(), compression.begin(), compression.end());
  return defaults;
}

// How much waits is bounded by who offers batches: librdkafka's own bounds are out of the way.
Properties Fixed(uint64_t max_message_bytes) {
  return {{"enable.idempotence", "true"},
          {"acks", "all"},
          {"message.timeout.ms", "0"},
          {"message.max.bytes", fmt::format("{}", max_message_bytes)},
          {"queue.buffering.max.messages", "10000000"},
          {"queue.buffering.max.kbytes", "2147483647"}};
}

rd_kafka_vu_t PartOf(const Header& header) {
  rd_kafka_vu_t part{};
  part.vtype = RD_KAFKA_VTYPE_HEADER;
  part.u.header.name = header.name;
  part.u.header.val = header.value.data();
  part.u.header.size = static_cast<ssize_t>(header.value.size());
  return part;
}

rd_kafka_vu_t Bytes(rd_kafka_vtype_t kind, std::string_view bytes) {
  rd_kafka_vu_t part{};
  part.vtype = kind;
  part.u.mem.ptr = const_cast<char*>(bytes.data());  // it is only read
  part.u.mem.size = bytes.size();
  return part;
}

}  // namespace

Producer::Producer(base::EventLoop& loop, Settings settings, Client client,
                   base::FileDescriptor wake)
    : settings_(std::move(settings)),
      client_(std::move(client)),
      wake_(std::move(wake)),
      watch_(loop.Add(wake_.get(), base::EventLoop::kReadable,
                      [this](uint32_t /*ready*/) { base::ClearEventFd(wake_.get()); })) {
  Attach();
}

Result<Client> Producer::StartClient(const Settings& settings) {
  return Client::Start(Client::Kind::kProducer, settings.connection, settings.defaults,
                       settings.fixed);
}

void Producer::Attach() {
  const uint64_t one = 1;
  topic_.reset(
      rd_kafka_topic_new(client_->get(), settings_.connection.address.topic.c_str(), nullptr));
  rd_kafka_queue_io_event_enable(client_->queue(), wake_.get(), &one, sizeof(one));
}

Result<std::unique_ptr<Producer>> Producer::Start(base::EventLoop& loop,
                                                  const Connection& connection,
                                                  uint64_t max_message_bytes,
                                                  const Properties& compression) {
  auto wake = MakeWakeup(connection);
  if (!wake) return Forward(std::move(wake));
  Settings settings{connection, Defaults(compression), Fixed(max_message_bytes)};
  auto client = StartClient(settings);
  if (!client) return Forward(std::move(client));
  return std::unique_ptr<Producer>(
      new Producer(loop, std::move(settings), std::move(*client), std::move(*wake)));
}

rd_kafka_resp_err_t Producer::Enqueue(const Message& message) {
  if (!client_) return RD_KAFKA_RESP_ERR__DESTROY;
  std::array<rd_kafka_vu_t, 5 + Message::kMaxHeaders> parts{};
  parts[0].vtype = RD_KAFKA_VTYPE_RKT;
  parts[0].u.rkt = topic_.get();
  parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  parts[1].u.i32 = message.partition;
  parts[2].vtype = RD_KAFKA_VTYPE_OPAQUE;
  parts[2].u.ptr = message.opaque;
  parts[3] = Bytes(RD_KAFKA_VTYPE_VALUE, message.value);
  size_t count = 4;
  if (message.key) parts.at(count++) = Bytes(RD_KAFKA_VTYPE_KEY, *message.key);
  for (const Header& header : message.headers) parts.at(count++) = PartOf(header);
  rd_kafka_error_t* const error = rd_kafka_produceva(client_->get(), parts.data(), count);
  if (error == nullptr) return RD_KAFKA_RESP_ERR_NO_ERROR;
  const rd_kafka_resp_err_t code = rd_kafka_error_code(error);
  rd_kafka_error_destroy(error);
  return code == RD_KAFKA_RESP_ERR__QUEUE_FULL ? code : CodeOf(code);
}

rd_kafka_resp_err_t Producer::CodeOf(rd_kafka_resp_err_t code) const {
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return code;
  return HasFatalError(*client_) ? RD_KAFKA_RESP_ERR__FATAL : code;
}

Producer::Reports Producer::DrainReports() {
  Reports reports;
  if (!client_) return reports;
  while (reports.messages.size() < kMessagesAtOnce) {
    const Event event = client_->NextEvent(0);
    if (event == nullptr) return reports;
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR) {
      reports.errors.push_back(ReportOf(*client_, *event));
      continue;
    }
    while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event.get())) {
      reports.messages.push_back({message->_private, CodeOf(message->err),
                                  std::chrono::microseconds(rd_kafka_message_latency(message)),
                                  message->offset});
    }
  }
  base::SignalEventFd(wake_.get());
  return reports;
}

void Producer::Purge() {
  if (!client_) return;
  rd_kafka_purge(client_->get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                     RD_KAFKA_PURGE_F_NON_BLOCKING);
}

Result<void> Producer::Renew() {
  if (!client_) return {};
  auto client = StartClient(settings_);
  if (!client) return Forward(std::move(client));
  rd_kafka_queue_io_event_enable(client_->queue(), -1, nullptr, 0);
  topic_.reset();
  try {
    // Its threads end in their own time.
    earlier_ =
        std::async(std::launch::async,
                   [ended = std::exchange(client_, std::nullopt)]() mutable { ended.reset(); });
  } catch (const std::system_error& error) {
    return Fail("{}: thread: {}", settings_.connection.address.Text(), error.what());
  }
  client_ = std::move(*client);
  Attach();
  return {};
}

void Producer::End() {
  topic_.reset();
  client_.reset();
}

}  // namespace espcap::kafka
