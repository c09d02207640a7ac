// SPDX-License-Identifier: GPL-2.0-or-later
//
// Memory that one worker at a time fills with documents, for the supervisor to copy. Made before
// the first fork, a file in memory of its own and of a fixed size: a worker has its own and no
// other's (process/own_memory.h). What is in it is whatever the worker wrote: the supervisor reads
// each number once, checks it, and uses its copy (supervise/batch_check.h).
//
// What is in a slot is said by its progress, replaced as a whole: after a worker's death at any
// instant, the slot holds whole documents up to a known frame.
#ifndef ESPCAP_PROCESS_WORKER_SLOTS_H_
#define ESPCAP_PROCESS_WORKER_SLOTS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/cut_layers.h"
#include "espcap/result.h"

namespace espcap::process {

// What a worker has done since it got the slot.
struct SlotProgress {
  uint64_t text_bytes = 0;
  uint32_t documents = 0;
  uint32_t last_frame = 0;  // every frame up to this one is accounted for; 0: none yet
  uint64_t captured = 0;    // = packets + filtered + duplicates + failed + too_large
  uint64_t packets = 0;     // of its documents: one each, or those of a section
  uint64_t filtered = 0;
  uint64_t duplicates = 0;
  uint64_t failed = 0;
  uint64_t too_large = 0;     // for the destination
  uint64_t cut = 0;           // documents that had to be made smaller
  CutLayers cut_layers;       // and of which layers
  uint64_t source_bytes = 0;  // how far into its file the worker has come
};

// A document of a slot, or a section of packets; their texts follow one another.
struct SlotDocument {
  uint64_t bytes = 0;
  uint64_t record_number = 0;  // of its first packet: in its file, its stream, or the live run
  int64_t seconds = 0;         // its first packet's time, since the epoch
  int32_t nanoseconds = 0;
  uint32_t frame_number = 0;
  uint64_t conversation = 0;  // of its packet, where the run asks for it: any number
};

struct SlotShape {
  size_t text_bytes = 0;    // a slot with more than one document holds at most so much
  uint32_t documents = 0;   // at most
  size_t action_bytes = 0;  // that the supervisor puts before each document
};

class WorkerSlots {
 public:
  // One is filled while the other is copied.
  static constexpr uint32_t kSlots = 2;
  // A single document can be larger than a slot's share; memory that isn't touched isn't there.
  static constexpr size_t kMaxDocumentBytes = size_t{256} << 20U;

  static Result<std::unique_ptr<WorkerSlots>> Create(const SlotShape& shape);
  ~WorkerSlots();  // unmaps it
  WorkerSlots(const WorkerSlots&) = delete;
  WorkerSlots& operator=(const WorkerSlots&) = delete;

  // Worker's side. Append() adds a document's text, which counts only with the next Publish().
  [[nodiscard]] bool HasRoom(const SlotProgress& progress, size_t bytes) const;
  void Append(uint32_t slot, SlotProgress& progress, std::string_view text,
              SlotDocument document) const {
    Append(slot, progress, {&text, 1}, document, 1);
  }
  // One of this number of packets, whose text is in parts.
  void Append(uint32_t slot, SlotProgress& progress, std::span<const std::string_view> parts,
              SlotDocument document, uint64_t packets) const;
  void Publish(uint32_t slot, const SlotProgress& progress) const;
  // Which frame is being dissected, 0: none. It outlives the worker, and says what its death was
  // about.
  void SetDissecting(uint32_t frame) const {
    status().dissecting.store(frame, std::memory_order_relaxed);
  }

  // A number that rises as the worker works, whatever at: the supervisor ends one whose doesn't.
  [[nodiscard]] std::atomic<uint64_t>& work() const { return status().work; }

  // Supervisor's side. Begin() empties a slot before it is granted.
  void Begin(uint32_t slot) const { Publish(slot, {}); }
  [[nodiscard]] uint32_t Dissecting() const {
    return status().dissecting.load(std::memory_order_relaxed);
  }
  // Copies of what is there.
  [[nodiscard]] SlotProgress Progress(uint32_t slot) const;
  // REQUIRES: documents <= shape().documents.
  [[nodiscard]] std::vector<SlotDocument> Documents(uint32_t slot, uint32_t documents) const;
  // The worker may write to it while it is read. REQUIRES: place + bytes <= max_text_bytes().
  [[nodiscard]] const char* Text(uint32_t slot, size_t place) const { return TextOf(slot) + place; }
  // Gives back memory that an outsize document of that many bytes touched.
  void Trim(uint32_t slot, size_t text_bytes) const;

  [[nodiscard]] const SlotShape& shape() const { return shape_; }
  [[nodiscard]] size_t max_text_bytes() const;

 private:
  struct Status {
    std::atomic<uint32_t> dissecting;
    std::atomic<uint64_t> work;
  };
  struct SlotHeader {
    std::atomic<uint32_t> current;  // which of the two is true
    std::array<SlotProgress, 2> progress;
  };

  explicit WorkerSlots(const SlotShape& shape) : shape_(shape) {}

  [[nodiscard]] size_t slot_bytes() const;  // of address space
  [[nodiscard]] size_t total_bytes() const;
  [[nodiscard]] size_t TextOffset() const;
  [[nodiscard]] Status& status() const { return *reinterpret_cast<Status*>(memory_); }
  [[nodiscard]] char* Start(uint32_t slot) const;
  [[nodiscard]] SlotHeader& HeaderOf(uint32_t slot) const;
  [[nodiscard]] SlotDocument* DocumentsOf(uint32_t slot) const;
  [[nodiscard]] char* TextOf(uint32_t slot) const { return Start(slot) + TextOffset(); }

  SlotShape shape_;
  base::FileDescriptor file_;
  char* memory_ = nullptr;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_WORKER_SLOTS_H_
