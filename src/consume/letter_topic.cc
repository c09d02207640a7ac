// SPDX-License-Identifier: GPL-2.0-or-later
#include "consume/letter_topic.h"

#include <fmt/format.h>

#include <string>

#include "document/document_id.h"
#include "kafka/message_contents.h"

namespace espcap::consume {

void LetterTopic::Keep(const MessageLetter& letter, std::function<void(bool)> kept) {
  constexpr uint64_t kRoom = 1024;  // for the batch around it
  const FedMessage& message = letter.message;
  const std::string place = fmt::format("{}-{}", letter.partition, message.offset);
  std::string reason = letter.reason;
  kafka::TopicWriter::Headers headers = {{"topic", letter.topic},
                                         {"partition", fmt::format("{}", letter.partition)},
                                         {"offset", fmt::format("{}", message.offset)}};
  if (!message.numbers.empty()) {
    headers.emplace_back("espcap", kafka::kSectionVersion);
    headers.emplace_back("capture", document::CaptureId(message.capture));
    headers.emplace_back("records", message.records);
    headers.emplace_back("packets", fmt::format("{}", message.numbers.size()));
    headers.emplace_back("captured-by", message.sensor);
    if (!message.file.empty()) headers.emplace_back("file", message.file);
  }
  uint64_t used = kRoom + place.size() + reason.size();
  for (const auto& [name, value] : headers) used += std::string_view(name).size() + value.size();
  std::string value(message.value.substr(0, most_bytes_ > used ? most_bytes_ - used : 0));
  if (value.size() < message.value.size()) {
    reason += fmt::format("; {} of its {} bytes are here", value.size(), message.value.size());
  }
  headers.emplace_back("reason", std::move(reason));
  writer_->Send(kafka::kPartitionOfKey, place, std::move(value), std::move(headers),
                [kept = std::move(kept)](int64_t /*offset*/) { kept(true); });
}

}  // namespace espcap::consume
