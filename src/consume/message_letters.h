// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where messages are kept that can't be dissected: the dead letters of a topic of packets.
#ifndef ESPCAP_CONSUME_MESSAGE_LETTERS_H_
#define ESPCAP_CONSUME_MESSAGE_LETTERS_H_

#include <cstdint>
#include <functional>
#include <string>

#include "espcap/message_feed.h"
#include "espcap/result.h"

namespace espcap::consume {

struct MessageLetter {
  const FedMessage& message;
  std::string topic;
  int32_t partition = 0;
  std::string reason;
};

class MessageLetters {
 public:
  MessageLetters() = default;
  MessageLetters(const MessageLetters&) = delete;
  MessageLetters& operator=(const MessageLetters&) = delete;
  virtual ~MessageLetters() = default;

  // Copies the message. `kept` is called once it outlives a power failure, or the brokers have it;
  // with false where it can't be kept.
  virtual void Keep(const MessageLetter& letter, std::function<void(bool)> kept) = 0;
  // An error: none can be kept any more.
  virtual Result<void> Poll() = 0;
  [[nodiscard]] virtual bool IsIdle() const = 0;
};

}  // namespace espcap::consume

#endif  // ESPCAP_CONSUME_MESSAGE_LETTERS_H_
