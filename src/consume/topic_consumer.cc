// SPDX-License-Identifier: GPL-2.0-or-later
#include "consume/topic_consumer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "consume/memory_share.h"
#include "consume/message_id.h"
#include "document/document_id.h"
#include "kafka/failure.h"
#include "kafka/section_headers.h"

namespace espcap::consume {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kCommits{1000};  // between them
constexpr milliseconds kSoon{20};       // brokers answer about then
constexpr milliseconds kLook{200};
constexpr std::chrono::seconds kSettling{30};  // of a partition that another member is to have
constexpr int kMostSkips = 16;                 // of what isn't a message, at a time

FedMessage FedMessageOf(const kafka::HeldMessage& held, std::string_view topic, int32_t partition) {
  FedMessage message;
  message.offset = held.offset;
  message.value = held.value;
  message.owner = held.owner;
  auto parsed = kafka::ParseSectionHeaders(held.headers);
  if (!parsed) {
    message.fault = parsed.error().message;
  } else if (!*parsed) {
    message.capture = MessageId(topic, partition, held.offset);
  } else {
    kafka::SectionHeaders& headers = **parsed;
    message.capture = headers.capture;
    message.numbers = std::move(headers.numbers);
    message.records = headers.records;
    message.sensor = headers.sensor;
    message.file = headers.file;
  }
  return message;
}

}  // namespace

TopicConsumer::TopicConsumer(base::EventLoop& loop, Options options,
                             std::unique_ptr<kafka::Consumer> member,
                             std::unique_ptr<MessageLetters> letters, Hooks hooks,
                             ConsumeStats& stats)
    : options_(std::move(options)),
      member_(std::move(member)),
      letters_(std::move(letters)),
      hooks_(std::move(hooks)),
      stats_(stats),
      loop_(loop),
      end_(std::move(options_.ends), member_->session_timeout(), loop.Now()) {}

milliseconds TopicConsumer::NextTimeout() const {
  const auto left = std::chrono::ceil<milliseconds>(next_serve_ - loop_.Now());
  return std::max(milliseconds::zero(), left);
}

void TopicConsumer::Serve() {
  Handle(member_->Drain());
  if (auto polled = letters_->Poll(); !polled && failure_.empty()) {
    failure_ = polled.error().message;
  }
  ReleaseGoing();
  end_.Note(*member_, partitions_, OwnAreOver() && !is_leaving_, loop_.Now());
  BeginSessions();
  if (is_leaving_ || !going_.empty() || loop_.Now() >= next_commit_) Commit();
  const bool may_leave =
      commits_.under_way() == 0 && letters_->IsIdle() && !member_->joining().is_joining();
  if (is_leaving_ && (may_leave || !failure_.empty())) member_->Leave();
  const bool is_busy =
      commits_.under_way() > 0 || !going_.empty() || is_leaving_ || !letters_->IsIdle();
  next_serve_ = loop_.Now() + (is_busy ? kSoon : kLook);
  Show();
}

void TopicConsumer::Show() {
  stats_.partitions.clear();
  stats_.failed_partitions = stats_.waiting_partitions = 0;
  for (const auto& [number, partition] : partitions_) {
    const auto end = member_->EndOf(number);
    const auto position = partition.progress.Position();
    const int64_t from = position.value_or(partition.expected.value_or(0));
    const int64_t lag = end && (position || partition.expected) ? *end - from : 0;
    stats_.partitions.push_back({number, static_cast<uint64_t>(std::max<int64_t>(0, lag))});
    const bool is_going = std::find(going_.begin(), going_.end(), number) != going_.end();
    if (partition.is_over && !partition.end && !is_going) ++stats_.failed_partitions;
    if (!partition.has_begun && !partition.is_ending) ++stats_.waiting_partitions;
  }
}

void TopicConsumer::CountDeleted(int32_t partition, uint64_t messages) {
  if (messages == 0) return;
  stats_.deleted_messages += messages;
  hooks_.report(fmt::format(
      "{}, partition {}: the brokers have deleted {} messages before they were read; raise the "
      "topic's retention.ms, or add members to the group",
      options_.name, partition, messages));
}

void TopicConsumer::Handle(const kafka::Consumer::Events& events) {
  if (!events.messages.empty() && failure_.empty()) {
    failure_ = fmt::format("{}: a message came outside its partition's queue", options_.name);
  }
  for (const int32_t number : events.assigned) {
    AssignedPartition& partition = partitions_[number];
    partition = {};
    partition.partition = number;
    partition.assignment = ++assignments_;
    partition.end = end_.ends().Of(number);
  }
  if (!events.assigned.empty()) member_->AskCommitted(events.assigned);
  end_.NoteCommitted(events.committed);
  for (const auto& [number, offset] : events.committed) {
    const auto found = partitions_.find(number);
    if (found != partitions_.end()) CountDeleted(number, found->second.Begin(offset));
  }
  stats_.rebalances += (events.assigned.empty() ? 0 : 1) + (events.revoked.empty() ? 0 : 1);
  for (const int32_t number : events.going) {
    if (const auto found = partitions_.find(number); found != partitions_.end()) {
      End(found->second);
    }
    going_.push_back(number);
    going_until_ = loop_.Now() + kSettling;
  }
  for (const int32_t number : events.revoked) {
    if (const auto found = partitions_.find(number); found != partitions_.end()) {
      End(found->second);
      partitions_.erase(found);
    }
  }
  commits_.Handle(events.commits, partitions_, hooks_.warn);
  for (const kafka::ErrorReport& error : events.errors) Handle(error);
}

void TopicConsumer::Handle(const kafka::ErrorReport& error) {
  if (!kafka::IsForGood(error.error)) return hooks_.warn(error.reason);
  if (!failure_.empty()) return;
  failure_ = fmt::format(
      "{}: {}", options_.name,
      kafka::Explain(error.error, error.reason, options_.mechanism, rd_kafka_version()));
}

// Those that the memory is enough for; the others begin when one of them has ended.
void TopicConsumer::BeginSessions() {
  const size_t most = ShareMemory(options_.memory_bytes, partitions_.size()).sessions;
  auto sessions = static_cast<size_t>(
      std::count_if(partitions_.begin(), partitions_.end(),
                    [](const auto& entry) { return entry.second.has_session(); }));
  size_t waiting = 0;
  for (auto& [number, partition] : partitions_) {
    if (partition.has_begun || partition.is_ending) continue;
    if (sessions >= most) {
      ++waiting;
      continue;
    }
    ++sessions;
    partition.has_begun = true;
    changes_.push_back({Change::Kind::kBegin, partition.assignment, number,
                        fmt::format("{}, partition {}", options_.name, number)});
  }
  if (waiting == std::exchange(waiting_, waiting) || waiting == 0) return;
  hooks_.warn(fmt::format(
      "{}: {} of {} partitions wait unread, since the memory is too small for their sessions; add "
      "members to the group, or give --worker-memory",
      options_.name, waiting, partitions_.size()));
}

uint64_t TopicConsumer::SessionMemory() const {
  return ShareMemory(options_.memory_bytes, partitions_.size()).session_bytes;
}

void TopicConsumer::End(AssignedPartition& partition) {
  if (std::exchange(partition.is_ending, true)) return;
  if (!partition.has_begun) {
    partition.is_over = true;
    return;
  }
  changes_.push_back({Change::Kind::kEnd, partition.assignment, partition.partition, {}});
}

std::vector<MessageFeed::Change> TopicConsumer::DrainChanges() {
  return std::exchange(changes_, {});
}

std::optional<FedMessage> TopicConsumer::Next(uint64_t assignment) {
  AssignedPartition* const partition = Find(assignment);
  for (int skips = 0; skips < kMostSkips; ++skips) {
    if (partition == nullptr || !partition->HasRoom() || is_leaving_) return std::nullopt;
    const kafka::Consumer::Polled polled = member_->Next(partition->partition);
    if (polled.error) {
      Handle(*polled.error);
    } else if (polled.end) {
      CountDeleted(partition->partition, partition->Reach(*polled.end));
      partition->expected = polled.end;
      if (partition->end) End(*partition);
    } else if (!polled.message) {
      return std::nullopt;
    } else if (!partition->Take(polled.message->offset)) {
      End(*partition);
    } else {
      CountDeleted(partition->partition, partition->Reach(polled.message->offset));
      partition->expected = polled.message->offset + 1;
      ++stats_.messages;
      stats_.bytes += polled.message->value.size();
      if (partition->IsLast(polled.message->offset)) End(*partition);
      return FedMessageOf(*polled.message, options_.topic, partition->partition);
    }
  }
  return std::nullopt;
}

void TopicConsumer::Settle(uint64_t assignment, int64_t offset) {
  if (AssignedPartition* const partition = Find(assignment)) partition->progress.Settle(offset);
}

void TopicConsumer::Keep(const FedMessage& message, int32_t partition, const std::string& reason,
                         std::function<void(bool)> kept) {
  ++stats_.damaged_messages;
  letters_->Keep({message, options_.topic, partition, reason}, std::move(kept));
}

void TopicConsumer::NoteLost(const FedMessage& message, const std::string& interface,
                             uint64_t packets) {
  const ConsumeStats::Sensor place{std::string(message.sensor),
                                   document::CaptureId(message.capture), interface};
  const auto known = stats_.lost.find(place);
  if (known != stats_.lost.end()) {
    known->second = std::max(known->second, packets);
  } else if (stats_.lost.size() < ConsumeStats::kMostSensors) {
    stats_.lost.emplace(place, packets);
  }
}

// Whether they go on is not known: each counts whose partition does.
void TopicConsumer::NoteSessionEnd(uint64_t assignment, uint64_t conversations) {
  const AssignedPartition* const partition = Find(assignment);
  const bool is_last = partition != nullptr && partition->end && partition->is_ending;
  if (!is_last) stats_.conversations_cut += conversations;
}

void TopicConsumer::NoteEnd(uint64_t assignment) {
  AssignedPartition* const partition = Find(assignment);
  if (partition == nullptr) return;
  partition->is_over = true;
  next_commit_ = next_serve_ = loop_.Now();
}

bool TopicConsumer::OwnAreOver() const {
  return going_.empty() && std::all_of(partitions_.begin(), partitions_.end(),
                                       [](const auto& entry) { return entry.second.is_over; });
}

bool TopicConsumer::AtEnd() const {
  return OwnAreOver() && end_.IsReached(partitions_, loop_.Now());
}

Result<void> TopicConsumer::Check() const {
  if (failure_.empty()) return {};
  return Fail("{}", failure_);
}

void TopicConsumer::Leave() {
  is_leaving_ = true;
  next_serve_ = loop_.Now();
}

// What is settled is committed before: the next member begins there.
void TopicConsumer::ReleaseGoing() {
  if (going_.empty()) return;
  const bool is_late = loop_.Now() >= going_until_;
  const bool is_settled = std::all_of(going_.begin(), going_.end(), [this](int32_t number) {
    const auto found = partitions_.find(number);
    return found == partitions_.end() || (found->second.is_over && found->second.is_committed());
  });
  if (!is_settled && !is_late && !is_leaving_) return;
  if (commits_.under_way() > 0 && !is_late) return;
  for (const int32_t number : going_) partitions_.erase(number);
  going_.clear();
  ++stats_.rebalances;
  member_->Release();
}

void TopicConsumer::Commit() {
  if (commits_.under_way() > 0) return;
  next_commit_ = loop_.Now() + kCommits;
  commits_.Send(*member_, partitions_);
}

AssignedPartition* TopicConsumer::Find(uint64_t assignment) {
  const auto found = std::find_if(
      partitions_.begin(), partitions_.end(),
      [assignment](const auto& entry) { return entry.second.assignment == assignment; });
  return found == partitions_.end() ? nullptr : &found->second;
}

}  // namespace espcap::consume
