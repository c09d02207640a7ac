// SPDX-License-Identifier: GPL-2.0-or-later
//
// The batches that the supervisor holds until their documents are settled, each in memory of its
// own. Where the destination wants them compressed, threads do that. Bounded by those who add: they
// ask for bytes(). One thread; REQUIRES: made after the last fork, because of those threads.
#ifndef ESPCAP_SUPERVISE_KEPT_BATCHES_H_
#define ESPCAP_SUPERVISE_KEPT_BATCHES_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/event_loop.h"
#include "base/write_thread.h"
#include "espcap/batch.h"
#include "espcap/compression.h"
#include "espcap/result.h"
#include "supervise/batch_check.h"
#include "supervise/capture_queue.h"
#include "supervise/message_stream.h"

namespace espcap::supervise {

class KeptBatches {
 public:
  using PacketTime = std::chrono::sys_time<std::chrono::nanoseconds>;

  struct Kept {
    Capture* capture = nullptr;
    MessageRange messages;  // of a topic's partition, of which it has documents
    CheckedText checked;
    PacketTime first_time;  // of its documents' packets
    PacketTime last_time;
    ByteBuffer compressed;    // empty: it isn't
    bool is_ready = false;    // to be delivered: nothing more is done to it
    bool is_removed = false;  // while a thread has it
  };

  // The loop is borrowed. `threads`: that compress.
  static Result<std::unique_ptr<KeptBatches>> Create(base::EventLoop& loop, Compression compression,
                                                     uint32_t threads);

  // The memory that a text of this many bytes can come to, with what is compressed.
  [[nodiscard]] size_t MostBytes(size_t text_bytes) const;
  [[nodiscard]] size_t bytes() const { return bytes_; }

  // Its id, until Remove().
  uint32_t Add(Capture& capture, const SlotContents& contents, CheckedText checked,
               MessageRange messages = {});
  [[nodiscard]] const Kept& Get(uint32_t id) const { return *kept_.at(id); }
  // REQUIRES: it is ready.
  [[nodiscard]] Batch View(uint32_t id) const;
  void Remove(uint32_t id);

 private:
  explicit KeptBatches(Compression compression) : compression_(compression) {}
  void Compress(const std::shared_ptr<Kept>& kept);

  Compression compression_;
  std::unordered_map<uint32_t, std::shared_ptr<Kept>> kept_;
  uint32_t last_id_ = 0;
  size_t bytes_ = 0;
  std::vector<std::unique_ptr<base::WriteThread>> threads_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_KEPT_BATCHES_H_
