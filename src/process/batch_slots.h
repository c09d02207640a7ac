// SPDX-License-Identifier: GPL-2.0-or-later
//
// Memory that workers fill with documents and the supervisor sends from, without a copy: a fixed
// number of slots in one shared mapping, made before the first fork. A slot belongs to one worker
// until it hands it over (or dies), then to the supervisor until its documents are settled.
//
// What is in a slot is said by its progress, replaced as a whole: after a worker's death at any
// instant, the slot holds whole documents up to a known frame.
#ifndef ESPCAP_PROCESS_BATCH_SLOTS_H_
#define ESPCAP_PROCESS_BATCH_SLOTS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "espcap/batch.h"
#include "espcap/compression.h"
#include "espcap/result.h"

namespace espcap::process {

// What a worker has done since it got the slot.
struct SlotProgress {
  uint64_t text_bytes = 0;
  uint32_t documents = 0;
  uint32_t last_frame = 0;  // every frame up to this one is accounted for; 0: none yet
  uint64_t captured = 0;    // = documents + filtered + failed
  uint64_t filtered = 0;
  uint64_t failed = 0;
  uint64_t cut = 0;               // documents that had to be made smaller
  uint64_t source_bytes = 0;      // how far into its file the worker has come
  uint64_t compressed_bytes = 0;  // of the text once more, behind it; 0: it isn't there
  int64_t first_time_ns = 0;      // of its documents' packets, since the epoch
  int64_t last_time_ns = 0;
};

class BatchSlots {
 public:
  struct Shape {
    uint32_t count = 0;
    size_t text_bytes =
        0;  // a batch is closed before it is larger, if it holds more than one document
    uint32_t documents = 0;  // of one batch, at most
    Compression compression = Compression::kNone;
  };
  // A single document can be larger than a batch; memory that isn't touched isn't there.
  static constexpr size_t kMaxDocumentBytes = size_t{256} << 20U;

  // How large a text can be that together with its compressed form takes `bytes`, at most.
  static size_t TextShare(size_t bytes, Compression compression);

  static Result<std::unique_ptr<BatchSlots>> Create(Shape shape);
  ~BatchSlots();
  BatchSlots(const BatchSlots&) = delete;
  BatchSlots& operator=(const BatchSlots&) = delete;

  [[nodiscard]] const Shape& shape() const { return shape_; }

  // Worker's side. Append() adds a document's text, which counts only with the next Publish().
  [[nodiscard]] bool HasRoom(const SlotProgress& progress, size_t bytes) const;
  void Append(uint32_t slot, SlotProgress& progress, std::string_view text, uint32_t frame) const;
  void Publish(uint32_t slot, const SlotProgress& progress) const;
  [[nodiscard]] std::string_view Text(uint32_t slot, const SlotProgress& progress) const;
  // Behind the text, for its compressed form.
  [[nodiscard]] std::span<char> CompressedRoom(uint32_t slot, const SlotProgress& progress) const;

  // Supervisor's side. Begin() empties a slot before it is handed out.
  void Begin(uint32_t slot) const;
  [[nodiscard]] SlotProgress Progress(uint32_t slot) const;
  [[nodiscard]] Batch View(uint32_t slot, std::shared_ptr<const std::string> source) const;
  // Gives back memory that an outsize document touched.
  void Trim(uint32_t slot);

  // Which frame the worker of a worker_index is dissecting, 0: none. It outlives the worker, and
  // says what its death was about. REQUIRES: worker_index < kMaxWorkers.
  static constexpr uint32_t kMaxWorkers = 256;
  void SetDissecting(uint32_t worker_index, uint32_t frame) const {
    header().dissecting.at(worker_index).store(frame, std::memory_order_relaxed);
  }
  [[nodiscard]] uint32_t Dissecting(uint32_t worker_index) const {
    return header().dissecting.at(worker_index).load(std::memory_order_relaxed);
  }

  // Set by the supervisor, read by workers for every frame.
  void RequestStop() const { header().stop.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool StopRequested() const { return header().stop.load(std::memory_order_relaxed); }

 private:
  struct Header {
    std::atomic<bool> stop;
    std::array<std::atomic<uint32_t>, kMaxWorkers> dissecting;
  };
  struct SlotHeader {
    std::atomic<uint32_t> current;  // which of the two is true
    std::array<SlotProgress, 2> progress;
  };

  BatchSlots(Shape shape, char* memory, size_t slot_bytes, int memory_file)
      : shape_(shape), memory_(memory), slot_bytes_(slot_bytes), memory_file_(memory_file) {}

  [[nodiscard]] Header& header() const { return *reinterpret_cast<Header*>(memory_); }
  [[nodiscard]] char* Start(uint32_t slot) const;
  [[nodiscard]] SlotHeader& HeaderOf(uint32_t slot) const;
  [[nodiscard]] DocumentSpan* SpansOf(uint32_t slot) const;
  [[nodiscard]] char* TextOf(uint32_t slot) const;
  [[nodiscard]] size_t TextOffset() const;

  Shape shape_;
  char* memory_;
  size_t slot_bytes_;  // of address space
  int memory_file_;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_BATCH_SLOTS_H_
