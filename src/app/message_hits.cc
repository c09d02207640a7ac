// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/message_hits.h"

#include <fmt/format.h>

#include <limits>

namespace espcap::app {
namespace {

using elasticsearch::Hit;
using retrieve::RecordSlot;

constexpr size_t kMaxTopicBytes = 249;  // Kafka's own bound
constexpr size_t kMaxTopics = 20;       // that are named

}  // namespace

bool MessageHits::IsPlace(const Hit& hit) {
  const Hit::Message& message = hit.message;
  return !message.topic.empty() && message.topic.size() <= kMaxTopicBytes &&
         message.partition >= 0 && message.partition <= std::numeric_limits<int32_t>::max() &&
         message.offset >= 0 && message.index > 0 &&
         message.index <= std::numeric_limits<uint32_t>::max() && hit.digest;
}

void MessageHits::Add(const Hit& hit, const std::string& file, const RecordSlot& in_file) {
  Wanted wanted;
  wanted.in_message.digest = *hit.digest;
  wanted.in_message.frame = static_cast<uint32_t>(hit.message.index);
  wanted.in_file = in_file;
  if (!file.empty()) wanted.file = &*files_.insert(file).first;
  messages_[{static_cast<int32_t>(hit.message.partition), hit.message.offset}].push_back(wanted);
}

void MessageHits::AddUnreadable(const Hit& hit) {
  ++unreadable_;
  const auto known = others_.find(hit.message.topic);
  if (known != others_.end()) {
    ++known->second;
  } else if (others_.size() < kMaxTopics) {
    others_.emplace(hit.message.topic, 1);
  }
}

void MessageHits::Finish() {
  for (auto& [place, packets] : messages_) {
    retrieve::SortEachOnce(packets, &Wanted::in_message);
  }
}

std::string MessageHits::DescribeUnreadable() const {
  std::string text;
  uint64_t named = 0;
  for (const auto& [topic, packets] : others_) {
    text += fmt::format("{}{} ({} {})", text.empty() ? "" : ", ", topic, packets,
                        packets == 1 ? "packet" : "packets");
    named += packets;
  }
  if (named < unreadable_) text += fmt::format(", and {} more packets", unreadable_ - named);
  return text;
}

}  // namespace espcap::app
