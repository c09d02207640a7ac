// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tells the feed of a topic's messages which of them are settled, once what was delivered of them
// outlives a power failure. One thread.
#ifndef ESPCAP_SUPERVISE_MESSAGE_ENDS_H_
#define ESPCAP_SUPERVISE_MESSAGE_ENDS_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "espcap/message_feed.h"
#include "espcap/sink.h"
#include "supervise/capture_queue.h"

namespace espcap::supervise {

class MessageEnds {
 public:
  // `feed` is borrowed; null: nothing comes from a topic.
  explicit MessageEnds(MessageFeed* feed) : feed_(feed) {}

  // What is settled of the capture since the last call.
  void Note(const Capture& capture);
  // The capture is settled.
  void NoteEnd(const Capture& capture);
  // What was noted and is not told yet; the sink is borrowed until then.
  void TellNoted(Sink& sink);

 private:
  struct Noted {
    uint64_t assignment = 0;
    std::optional<int64_t> offset;  // none: the assignment is over
  };

  MessageFeed* feed_;
  std::vector<Noted> noted_;
  bool is_syncing_ = false;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_MESSAGE_ENDS_H_
