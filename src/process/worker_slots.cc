// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/worker_slots.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "process/shared_file.h"

namespace espcap::process {
namespace {

size_t RoundUp(size_t bytes) {
  constexpr size_t kPageBytes = 4096;
  return (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
}

}  // namespace

Result<std::unique_ptr<WorkerSlots>> WorkerSlots::Create(const SlotShape& shape) {
  std::unique_ptr<WorkerSlots> slots(new WorkerSlots(shape));
  auto file = MakeSharedFile("espcap-documents", slots->total_bytes());
  if (!file) return Forward(std::move(file));
  slots->file_ = std::move(*file);
  auto memory = MapShared(slots->file_.get(), slots->total_bytes(), PROT_READ | PROT_WRITE);
  if (!memory) return Forward(std::move(memory));
  slots->memory_ = *memory;
  return slots;
}

WorkerSlots::~WorkerSlots() {
  if (memory_ != nullptr) ::munmap(memory_, total_bytes());
}

size_t WorkerSlots::max_text_bytes() const { return shape_.text_bytes + kMaxDocumentBytes; }

size_t WorkerSlots::TextOffset() const {
  return RoundUp(sizeof(SlotHeader)) + RoundUp(shape_.documents * sizeof(SlotDocument));
}

size_t WorkerSlots::slot_bytes() const { return TextOffset() + RoundUp(max_text_bytes()); }

size_t WorkerSlots::total_bytes() const { return RoundUp(sizeof(Status)) + kSlots * slot_bytes(); }

char* WorkerSlots::Start(uint32_t slot) const {
  return memory_ + RoundUp(sizeof(Status)) + slot * slot_bytes();
}

WorkerSlots::SlotHeader& WorkerSlots::HeaderOf(uint32_t slot) const {
  return *reinterpret_cast<SlotHeader*>(Start(slot));
}

SlotDocument* WorkerSlots::DocumentsOf(uint32_t slot) const {
  return reinterpret_cast<SlotDocument*>(Start(slot) + RoundUp(sizeof(SlotHeader)));
}

bool WorkerSlots::HasRoom(const SlotProgress& progress, size_t bytes) const {
  if (progress.documents == 0) return bytes <= kMaxDocumentBytes;
  const size_t used = progress.text_bytes + (progress.documents + 1) * shape_.action_bytes;
  return progress.documents < shape_.documents && used + bytes <= shape_.text_bytes;
}

void WorkerSlots::Append(uint32_t slot, SlotProgress& progress,
                         std::span<const std::string_view> parts, SlotDocument document,
                         uint64_t packets) const {
  document.bytes = 0;
  for (const std::string_view part : parts) {
    std::memcpy(TextOf(slot) + progress.text_bytes, part.data(), part.size());
    document.bytes += part.size();
    progress.text_bytes += part.size();
  }
  DocumentsOf(slot)[progress.documents] = document;
  ++progress.documents;
  progress.packets += packets;
}

void WorkerSlots::Publish(uint32_t slot, const SlotProgress& progress) const {
  SlotHeader& header = HeaderOf(slot);
  const uint32_t next = 1 - (header.current.load(std::memory_order_relaxed) & 1U);
  header.progress.at(next) = progress;
  header.current.store(next, std::memory_order_release);
}

SlotProgress WorkerSlots::Progress(uint32_t slot) const {
  const SlotHeader& header = HeaderOf(slot);
  return header.progress.at(header.current.load(std::memory_order_acquire) & 1U);
}

std::vector<SlotDocument> WorkerSlots::Documents(uint32_t slot, uint32_t documents) const {
  std::vector<SlotDocument> copy(documents);
  const SlotDocument* const table = DocumentsOf(slot);
  std::copy(table, table + documents, copy.begin());
  return copy;
}

void WorkerSlots::Trim(uint32_t slot, size_t text_bytes) const {
  if (text_bytes <= shape_.text_bytes) return;
  const size_t kept = TextOffset() + RoundUp(shape_.text_bytes);
  const auto offset = static_cast<off_t>(Start(slot) - memory_) + static_cast<off_t>(kept);
  // Memory that stays is no fault: the next outsize document uses it again.
  static_cast<void>(::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset,
                                static_cast<off_t>(slot_bytes() - kept)));
}

}  // namespace espcap::process
