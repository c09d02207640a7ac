// SPDX-License-Identifier: GPL-2.0-or-later
//
// A partition's messages on their way: which of them its worker has, how far their packets are
// accounted for, and which are settled. The worker is not believed: what it says must fit what it
// was given. One thread.
#ifndef ESPCAP_SUPERVISE_MESSAGE_STREAM_H_
#define ESPCAP_SUPERVISE_MESSAGE_STREAM_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "espcap/message_feed.h"
#include "espcap/result.h"
#include "espcap/sink.h"
#include "process/messages.h"
#include "supervise/batch_check.h"

namespace espcap::supervise {

// Messages by their sequence, from 1; 0 and 0: none.
struct MessageRange {
  uint64_t first = 0;
  uint64_t last = 0;
};

class MessageStream {
 public:
  MessageStream(uint64_t assignment, int32_t partition)
      : assignment_(assignment), partition_(partition) {}

  [[nodiscard]] uint64_t assignment() const { return assignment_; }
  [[nodiscard]] int32_t partition() const { return partition_; }

  // What the worker gets next. First what an earlier one has left, and then what `take` gives.
  struct Given {
    const FedMessage* message = nullptr;
    uint64_t sequence = 0;
    uint32_t first_frame = 0;
  };
  std::optional<Given> Give(const std::function<std::optional<FedMessage>()>& take);
  // It didn't get it: it is the next one again.
  void TakeBack();
  // No further one is taken. Whether that is new.
  bool Close() { return !std::exchange(is_closed_, true); }
  // Nothing is left to be given.
  [[nodiscard]] bool IsSpent() const { return is_closed_ && next_ > last_; }

  // The worker has read what it has, up to this number of frames and records. A fault where the
  // message has to be kept, because it is faulty: NoteKept() follows.
  struct Fault {
    const FedMessage* message = nullptr;
    uint64_t sequence = 0;
    uint64_t missing = 0;  // packets that it should have, and that could not be read
  };
  Result<std::optional<Fault>> NoteRead(uint64_t frames, uint64_t records, bool is_faulty);
  // The message that the worker reads; null: none.
  [[nodiscard]] const FedMessage* Reading() const {
    return is_reading_ ? &open_.at(next_ - 1).message : nullptr;
  }
  // It is among the dead letters; or can't be, and is lost.
  void NoteKept(uint64_t sequence, bool is_kept);
  // Another worker goes on, behind the frames that are accounted for.
  void Restart(process::Job& job);

  // The documents' keys. An error: they aren't of packets that the worker was given, or the frames
  // that the slot accounts for aren't the next ones. `last`: the record of the document before.
  [[nodiscard]] Result<std::vector<DocumentKey>> Check(const SlotContents& contents,
                                                       uint64_t last) const;
  // REQUIRES: checked. Which messages a batch of the slot's documents settles in part.
  MessageRange Account(const SlotContents& contents);
  void NoteSettled(const MessageRange& batch, Delivery delivery);

  // Offsets of messages of which everything is settled, each once.
  [[nodiscard]] std::vector<int64_t> DrainSettled() { return std::exchange(settled_, {}); }
  // A message of it is on its way to the dead letters.
  [[nodiscard]] bool AwaitsKeeping() const { return awaits_keeping_ > 0; }
  // A document is lost: messages from there on can't be committed.
  [[nodiscard]] bool has_failed() const { return has_failed_; }

 private:
  struct Open {
    FedMessage message;
    uint32_t first_frame = 0;
    std::optional<uint32_t> frames;  // once its worker has read it
    uint32_t batches = 0;            // with documents of it, that aren't settled
    bool is_accounted = false;       // every frame
    bool is_kept = false;            // or is on its way to the dead letters
    bool awaits_keeping = false;
    bool has_failed = false;

    // To which a worker that reads it can have come.
    [[nodiscard]] uint64_t MostFrames() const;
    [[nodiscard]] bool IsSettled() const {
      return is_accounted && batches == 0 && !awaits_keeping && !has_failed;
    }
  };
  using OpenMessages = std::map<uint64_t, Open>;  // by sequence

  [[nodiscard]] Result<DocumentKey> KeyOf(uint64_t record) const;
  void AdvanceAccounted();
  void Settle(OpenMessages::iterator message);

  uint64_t assignment_;
  int32_t partition_;
  OpenMessages open_;
  uint64_t last_ = 0;              // that was taken
  uint64_t next_ = 1;              // to be given to the worker; those before it has, or had
  bool is_reading_ = false;        // the worker, the one before `next_`
  uint32_t next_frame_ = 1;        // the first of the next one
  uint64_t unaccounted_ = 1;       // the first message that isn't accounted for as a whole
  uint32_t accounted_frames_ = 0;  // all up to this one are
  bool is_closed_ = false;
  bool has_failed_ = false;
  uint32_t awaits_keeping_ = 0;
  std::vector<int64_t> settled_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_MESSAGE_STREAM_H_
