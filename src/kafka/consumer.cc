// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/consumer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

#include "base/event_fd.h"

namespace espcap::kafka {
namespace {

constexpr size_t kEventsAtOnce = 1000;  // told in one turn of the loop

struct DestroyError {
  void operator()(rd_kafka_error_t* error) const { rd_kafka_error_destroy(error); }
};
using OwnedError = std::unique_ptr<rd_kafka_error_t, DestroyError>;

// Takes the error, if there is one; whether there was.
bool Report(rd_kafka_error_t* error, std::vector<ErrorReport>& errors) {
  const OwnedError owned(error);
  if (owned == nullptr) return false;
  errors.push_back({rd_kafka_error_code(error), rd_kafka_error_string(error)});
  return true;
}

Properties Defaults() {
  return {{"client.id", "espcap"},
          {"session.timeout.ms", "30000"},
          {"heartbeat.interval.ms", "1000"},  // by these a member hears of a rebalance
          {"reconnect.backoff.max.ms", "2000"},
          {"fetch.wait.max.ms", "200"}};
}

// What a member does lasts as long as it lasts: that it lives is told by its heartbeats.
Properties Fixed(const Consumer::Options& options) {
  Properties fixed = {{"group.id", options.group},
                      {"enable.auto.commit", "false"},
                      {"enable.auto.offset.store", "false"},
                      {"enable.partition.eof", "true"},
                      {"auto.offset.reset", "earliest"},
                      {"partition.assignment.strategy", "cooperative-sticky"},
                      {"max.poll.interval.ms", "86400000"}};
  if (options.prefetch_bytes != 0) {
    // Each partition's queue is bounded by itself.
    fixed.emplace_back("queued.max.messages.kbytes",
                       std::to_string(std::max<uint64_t>(1, options.prefetch_bytes / 1024)));
  }
  return fixed;
}

void AddCommitted(rd_kafka_event_t& event, std::vector<PartitionOffset>& committed) {
  const auto* const result = rd_kafka_event_ListConsumerGroupOffsets_result(&event);
  if (result == nullptr || rd_kafka_event_error(&event) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  size_t count = 0;
  const auto* const groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count);
  for (size_t at = 0; at < count; ++at) {
    const auto* const list = rd_kafka_group_result_partitions(groups[at]);
    for (int place = 0; list != nullptr && place < list->cnt; ++place) {
      const rd_kafka_topic_partition_t& partition = list->elems[place];
      if (partition.offset >= 0) committed.push_back({partition.partition, partition.offset});
    }
  }
}

void AddHeaders(const rd_kafka_message_t& message, std::vector<ReceivedHeader>& headers) {
  constexpr size_t kMostHeaders = 64;
  rd_kafka_headers_t* list = nullptr;
  if (rd_kafka_message_headers(&message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const char* name = nullptr;
  const void* value = nullptr;
  size_t bytes = 0;
  while (headers.size() < kMostHeaders &&
         rd_kafka_header_get_all(list, headers.size(), &name, &value, &bytes) ==
             RD_KAFKA_RESP_ERR_NO_ERROR) {
    headers.push_back({name, {static_cast<const char*>(value), value == nullptr ? 0 : bytes}});
  }
}

std::vector<int32_t> PartitionsOf(const rd_kafka_topic_partition_list_t& list) {
  std::vector<int32_t> partitions;
  partitions.reserve(static_cast<size_t>(list.cnt));
  for (int at = 0; at < list.cnt; ++at) partitions.push_back(list.elems[at].partition);
  return partitions;
}

PartitionList ListOf(const std::string& topic, const std::vector<int32_t>& partitions) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const int32_t partition : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  }
  return list;
}

// The user's property, or the default.
std::chrono::milliseconds SessionTimeoutOf(const Client& client) {
  std::array<char, 32> text{};
  size_t size = text.size();
  rd_kafka_conf_get(rd_kafka_conf(client.get()), "session.timeout.ms", text.data(), &size);
  int64_t ms = 0;
  std::from_chars(text.data(), text.data() + text.size(), ms);
  return std::chrono::milliseconds{ms};
}

}  // namespace

void Consumer::DestroyQueue::operator()(rd_kafka_queue_t* queue) const {
  rd_kafka_queue_io_event_enable(queue, -1, nullptr, 0);
  rd_kafka_queue_destroy(queue);
}

Consumer::Consumer(Client client, base::FileDescriptor wake, std::string topic, Options options)
    : client_(std::move(client)),
      wake_(std::move(wake)),
      topic_(std::move(topic)),
      options_(std::move(options)),
      session_timeout_(SessionTimeoutOf(client_)) {
  const uint64_t one = 1;
  rd_kafka_queue_io_event_enable(client_.queue(), wake_.get(), &one, sizeof(one));
}

// librdkafka's threads write to the descriptor no more.
Consumer::~Consumer() {
  queues_.clear();
  if (client_.queue() != nullptr) rd_kafka_queue_io_event_enable(client_.queue(), -1, nullptr, 0);
}

Result<std::unique_ptr<Consumer>> Consumer::Start(const Connection& connection, Options options) {
  auto wake = MakeWakeup(connection);
  if (!wake) return Forward(std::move(wake));
  auto client = Client::Start(Client::Kind::kConsumer, connection, Defaults(), Fixed(options));
  if (!client) return Forward(std::move(client));
  const auto topics = ListOf(connection.address.topic, {RD_KAFKA_PARTITION_UA});
  if (const auto error = rd_kafka_subscribe(client->get(), topics.get())) {
    return Fail("{}: subscribe: {}", connection.address.Text(), rd_kafka_err2str(error));
  }
  return std::unique_ptr<Consumer>(new Consumer(std::move(*client), std::move(*wake),
                                                connection.address.topic, std::move(options)));
}

Consumer::Events Consumer::Drain() {
  Events events;
  base::ClearEventFd(wake_.get());
  bool is_empty = false;
  for (size_t count = 0; count < kEventsAtOnce && !is_empty; ++count) {
    const Event event = client_.NextEvent(0);
    if (event == nullptr) {
      is_empty = true;
      continue;
    }
    switch (rd_kafka_event_type(event.get())) {
      case RD_KAFKA_EVENT_FETCH:
        while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event.get())) {
          if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
          events.messages.push_back({message->partition,
                                     message->offset,
                                     {static_cast<const char*>(message->payload), message->len}});
        }
        break;
      case RD_KAFKA_EVENT_REBALANCE:
        Rebalance(*event, events);
        break;
      case RD_KAFKA_EVENT_OFFSET_COMMIT:
        events.commits.push_back(
            {rd_kafka_event_error(event.get()), rd_kafka_event_error_string(event.get())});
        break;
      case RD_KAFKA_EVENT_LISTCONSUMERGROUPOFFSETS_RESULT:
        AddCommitted(*event, events.committed);
        break;
      case RD_KAFKA_EVENT_ERROR:
        if (rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
          const Partition end(rd_kafka_event_topic_partition(event.get()));
          if (end != nullptr) events.ends.push_back({end->partition, end->offset});
        } else {
          events.errors.push_back(ReportOf(client_, *event));
        }
        break;
      default:
        break;
    }
  }
  if (!is_empty) base::SignalEventFd(wake_.get());
  if (is_leaving_) AdvanceLeaving(events);
  return events;
}

// Whatever the group has decided is followed at once: commits that belong before are on their way.
// By partition, what goes to another member may be settled before; what is lost already can't be.
void Consumer::Rebalance(rd_kafka_event_t& event, Events& events) {
  const auto* const list = rd_kafka_event_topic_partition_list(&event);
  if (list == nullptr) return;
  if (rd_kafka_event_error(&event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    return Assign(*list, events);
  }
  const std::vector<int32_t> partitions = PartitionsOf(*list);
  if (options_.by_partition && rd_kafka_assignment_lost(client_.get()) == 0) {
    going_.reset(rd_kafka_topic_partition_list_copy(list));
    events.going.insert(events.going.end(), partitions.begin(), partitions.end());
    return;
  }
  Unassign(*list, events.errors);
  events.revoked.insert(events.revoked.end(), partitions.begin(), partitions.end());
}

// A partition's queue is its own before the first message comes: it would be the client's
// otherwise.
void Consumer::Assign(const rd_kafka_topic_partition_list_t& list, Events& events) {
  const std::vector<int32_t> partitions = PartitionsOf(list);
  const uint64_t one = 1;
  for (const int32_t partition : partitions) {
    if (!options_.by_partition) break;
    Queue queue(rd_kafka_queue_get_partition(client_.get(), topic_.c_str(), partition));
    if (queue == nullptr) continue;
    rd_kafka_queue_forward(queue.get(), nullptr);
    rd_kafka_queue_io_event_enable(queue.get(), wake_.get(), &one, sizeof(one));
    queues_[partition] = std::move(queue);
  }
  if (Report(rd_kafka_incremental_assign(client_.get(), &list), events.errors)) return;
  assignment_.insert(assignment_.end(), partitions.begin(), partitions.end());
  events.assigned.insert(events.assigned.end(), partitions.begin(), partitions.end());
  if (is_paused_) Pause();
}

void Consumer::Unassign(const rd_kafka_topic_partition_list_t& list,
                        std::vector<ErrorReport>& errors) {
  if (!is_leaving_) client_.joining()->Expect();
  Report(rd_kafka_incremental_unassign(client_.get(), &list), errors);
  for (const int32_t partition : PartitionsOf(list)) {
    std::erase(assignment_, partition);
    queues_.erase(partition);
  }
}

void Consumer::Release() {
  if (going_ == nullptr) return;
  std::vector<ErrorReport> ignored;  // it isn't ours either way
  Unassign(*std::exchange(going_, nullptr), ignored);
  base::SignalEventFd(wake_.get());
}

Consumer::Polled Consumer::Next(int32_t partition) const {
  Polled polled;
  const auto found = queues_.find(partition);
  if (found == queues_.end()) return polled;
  const std::shared_ptr<rd_kafka_event_t> event(rd_kafka_queue_poll(found->second.get(), 0),
                                                [](rd_kafka_event_t* owned) {
                                                  if (owned != nullptr) DestroyEvent()(owned);
                                                });
  if (event == nullptr) return polled;
  if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_FETCH) {
    const rd_kafka_message_t* message = rd_kafka_event_message_next(event.get());
    if (message == nullptr) return polled;
    HeldMessage& held = polled.message.emplace();
    held.offset = message->offset;
    held.value = {static_cast<const char*>(message->payload), message->len};
    AddHeaders(*message, held.headers);
    held.owner = event;
  } else if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR) {
    if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      polled.error = ReportOf(client_, *event);
      return polled;
    }
    const Partition end(rd_kafka_event_topic_partition(event.get()));
    if (end != nullptr) polled.end = end->offset;
  }
  return polled;
}

void Consumer::AskCommitted(const std::vector<int32_t>& partitions) const {
  const PartitionList list = ListOf(topic_, partitions);
  rd_kafka_ListConsumerGroupOffsets_t* asked =
      rd_kafka_ListConsumerGroupOffsets_new(options_.group.c_str(), list.get());
  rd_kafka_ListConsumerGroupOffsets(client_.get(), &asked, 1, nullptr, client_.queue());
  rd_kafka_ListConsumerGroupOffsets_destroy(asked);
}

std::optional<int64_t> Consumer::EndOf(int32_t partition) const {
  int64_t low = 0;
  int64_t high = 0;
  const auto error =
      rd_kafka_get_watermark_offsets(client_.get(), topic_.c_str(), partition, &low, &high);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || high < 0) return std::nullopt;
  return high;
}

void Consumer::Pause() {
  is_paused_ = true;
  rd_kafka_pause_partitions(client_.get(), ListOf(topic_, assignment_).get());
}

void Consumer::Resume() {
  is_paused_ = false;
  rd_kafka_resume_partitions(client_.get(), ListOf(topic_, assignment_).get());
}

bool Consumer::Commit(const std::vector<PartitionOffset>& offsets) {
  const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const auto& [partition, offset] : offsets) {
    rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), partition)->offset = offset;
  }
  return rd_kafka_commit_queue(client_.get(), list.get(), client_.queue(), nullptr, nullptr) ==
         RD_KAFKA_RESP_ERR_NO_ERROR;
}

// librdkafka below 2.4 hangs when it is closed around an assignment: nothing is assigned before.
void Consumer::Leave() {
  if (std::exchange(is_leaving_, true)) return;
  rd_kafka_unsubscribe(client_.get());
  base::SignalEventFd(wake_.get());
}

void Consumer::AdvanceLeaving(Events& events) {
  if (!assignment_.empty()) return;
  if (!std::exchange(is_closing_, true)) {
    Report(rd_kafka_consumer_close_queue(client_.get(), client_.queue()), events.errors);
  }
  has_left_ = rd_kafka_consumer_closed(client_.get()) != 0;
}

}  // namespace espcap::kafka
