// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where captures come from that are messages of a topic's partitions: what is taken of each, and
// what is told once it is settled. One thread; nothing here waits.
#ifndef ESPCAP_MESSAGE_FEED_H_
#define ESPCAP_MESSAGE_FEED_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "espcap/fingerprint.h"
#include "espcap/result.h"

namespace espcap {

// Its headers are checked, its bytes are not.
struct FedMessage {
  int64_t offset = 0;
  std::string_view value;         // while `owner` lives
  Fingerprint capture{};          // what the ids of its packets' documents are made of
  std::vector<uint32_t> numbers;  // of its packets' records there; none: counted from 1
  std::string_view sensor;        // who captured; empty: nobody says
  std::string_view file;          // by which documents name the capture file; empty: there is none
  std::string_view records;       // `numbers`, as document/record_numbers.h has them
  std::string fault;              // why it isn't to be dissected; empty: it is
  std::shared_ptr<const void> owner;
};

class MessageFeed {
 public:
  MessageFeed() = default;
  MessageFeed(const MessageFeed&) = delete;
  MessageFeed& operator=(const MessageFeed&) = delete;
  virtual ~MessageFeed() = default;

  // A partition is this run's for some time, once or more often: each time under another number.
  struct Change {
    enum class Kind : uint8_t {
      kBegin,  // its messages can be taken
      kEnd,    // no further one: what was taken is to be settled
    };
    Kind kind = Kind::kBegin;
    uint64_t assignment = 0;
    int32_t partition = 0;
    std::string name;  // of topic and partition, as users know them
  };
  // Since the last call, in order.
  [[nodiscard]] virtual std::vector<Change> DrainChanges() = 0;

  // What a session may use at present; 0: what the run's options say.
  [[nodiscard]] virtual uint64_t SessionMemory() const = 0;

  // The assignment's next message; none: there is none at present.
  [[nodiscard]] virtual std::optional<FedMessage> Next(uint64_t assignment) = 0;

  // Every document of the message is delivered for good, or it is among the dead letters.
  virtual void Settle(uint64_t assignment, int64_t offset) = 0;
  // Keeps a message that can't be dissected, or not to its end, with the reason. `kept` is called
  // once it is, or with false where it can't be.
  virtual void Keep(const FedMessage& message, int32_t partition, const std::string& reason,
                    std::function<void(bool)> kept) = 0;
  // By the message, its sensor has lost this number of packets at this interface, since its start.
  virtual void NoteLost(const FedMessage& message, const std::string& interface,
                        uint64_t packets) = 0;
  // A session of the assignment has ended in order, with this number of conversations in it.
  virtual void NoteSessionEnd(uint64_t assignment, uint64_t conversations) = 0;
  // Nothing more will be settled of it.
  virtual void NoteEnd(uint64_t assignment) = 0;

  // Nothing more will come.
  [[nodiscard]] virtual bool AtEnd() const = 0;
  // An error: why nothing more can come.
  [[nodiscard]] virtual Result<void> Check() const = 0;
};

}  // namespace espcap

#endif  // ESPCAP_MESSAGE_FEED_H_
