// SPDX-License-Identifier: GPL-2.0-or-later
//
// Messages that can't be dissected, in another topic: their bytes as they came, and headers that
// say where and why.
#ifndef ESPCAP_CONSUME_LETTER_TOPIC_H_
#define ESPCAP_CONSUME_LETTER_TOPIC_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "consume/message_letters.h"
#include "kafka/topic_writer.h"

namespace espcap::consume {

class LetterTopic : public MessageLetters {
 public:
  // `most_bytes`: of a message there.
  LetterTopic(std::unique_ptr<kafka::TopicWriter> writer, uint64_t most_bytes)
      : writer_(std::move(writer)), most_bytes_(most_bytes) {}

  void Keep(const MessageLetter& letter, std::function<void(bool)> kept) override;
  Result<void> Poll() override { return writer_->Poll(); }
  [[nodiscard]] bool IsIdle() const override { return writer_->pending() == 0; }

 private:
  std::unique_ptr<kafka::TopicWriter> writer_;
  uint64_t most_bytes_;
};

}  // namespace espcap::consume

#endif  // ESPCAP_CONSUME_LETTER_TOPIC_H_
