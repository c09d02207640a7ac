// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/batch_slots.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace espcap::process {
namespace {

constexpr size_t kPageBytes = 4096;

size_t RoundUp(size_t bytes) { return (bytes + kPageBytes - 1) / kPageBytes * kPageBytes; }

// What a compressed text may take, in eighths of the text. Hexadecimal digits of random bytes, the
// worst of what documents are full of, come to a little more than a half.
constexpr size_t kCompressedEighths = 5;

size_t CompressedBytes(size_t text_bytes, Compression compression) {
  return compression == Compression::kNone ? 0 : text_bytes / 8 * kCompressedEighths;
}

}  // namespace

size_t BatchSlots::TextShare(size_t bytes, Compression compression) {
  return compression == Compression::kNone ? bytes : bytes * 8 / (8 + kCompressedEighths);
}

Result<std::unique_ptr<BatchSlots>> BatchSlots::Create(Shape shape) {
  const auto failed = [] {
    return Fail("share memory for documents: {}", std::generic_category().message(errno));
  };
  const size_t text_bytes = shape.text_bytes + kMaxDocumentBytes;
  const size_t slot_bytes = RoundUp(sizeof(SlotHeader)) +
                            RoundUp(shape.documents * sizeof(DocumentSpan)) +
                            RoundUp(text_bytes + CompressedBytes(text_bytes, shape.compression));
  const size_t total = kPageBytes + shape.count * slot_bytes;
  const int file = ::memfd_create("espcap-documents", MFD_CLOEXEC);
  if (file < 0) return failed();
  void* memory = MAP_FAILED;
  if (::ftruncate(file, static_cast<off_t>(total)) == 0) {
    memory = ::mmap(nullptr, total, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0);
  }
  if (memory == MAP_FAILED) {
    const int error = errno;
    ::close(file);
    errno = error;
    return failed();
  }
  return std::unique_ptr<BatchSlots>(
      new BatchSlots(shape, static_cast<char*>(memory), slot_bytes, file));
}

BatchSlots::~BatchSlots() {
  ::munmap(memory_, kPageBytes + shape_.count * slot_bytes_);
  ::close(memory_file_);
}

char* BatchSlots::Start(uint32_t slot) const { return memory_ + kPageBytes + slot * slot_bytes_; }

BatchSlots::SlotHeader& BatchSlots::HeaderOf(uint32_t slot) const {
  return *reinterpret_cast<SlotHeader*>(Start(slot));
}

DocumentSpan* BatchSlots::SpansOf(uint32_t slot) const {
  return reinterpret_cast<DocumentSpan*>(Start(slot) + RoundUp(sizeof(SlotHeader)));
}

size_t BatchSlots::TextOffset() const {
  return RoundUp(sizeof(SlotHeader)) + RoundUp(shape_.documents * sizeof(DocumentSpan));
}

char* BatchSlots::TextOf(uint32_t slot) const { return Start(slot) + TextOffset(); }

void BatchSlots::Begin(uint32_t slot) const { Publish(slot, {}); }

bool BatchSlots::HasRoom(const SlotProgress& progress, size_t bytes) const {
  if (progress.documents == 0) return bytes <= kMaxDocumentBytes;
  return progress.documents < shape_.documents && progress.text_bytes + bytes <= shape_.text_bytes;
}

void BatchSlots::Append(uint32_t slot, SlotProgress& progress, std::string_view text,
                        uint32_t frame) const {
  std::memcpy(TextOf(slot) + progress.text_bytes, text.data(), text.size());
  SpansOf(slot)[progress.documents] = {progress.text_bytes, text.size(), frame};
  progress.text_bytes += text.size();
  ++progress.documents;
}

void BatchSlots::Publish(uint32_t slot, const SlotProgress& progress) const {
  SlotHeader& header = HeaderOf(slot);
  const uint32_t next = 1 - header.current.load(std::memory_order_relaxed);
  header.progress.at(next) = progress;
  header.current.store(next, std::memory_order_release);
}

std::string_view BatchSlots::Text(uint32_t slot, const SlotProgress& progress) const {
  return {TextOf(slot), progress.text_bytes};
}

std::span<char> BatchSlots::CompressedRoom(uint32_t slot, const SlotProgress& progress) const {
  return {TextOf(slot) + progress.text_bytes,
          CompressedBytes(progress.text_bytes, shape_.compression)};
}

SlotProgress BatchSlots::Progress(uint32_t slot) const {
  const SlotHeader& header = HeaderOf(slot);
  return header.progress.at(header.current.load(std::memory_order_acquire) & 1U);
}

Batch BatchSlots::View(uint32_t slot, std::shared_ptr<const std::string> source) const {
  const SlotProgress progress = Progress(slot);
  const DocumentSpan* spans = SpansOf(slot);
  const bool is_compressed = progress.compressed_bytes > 0;
  return {Text(slot, progress),
          std::vector<DocumentSpan>(spans, spans + progress.documents),
          std::move(source),
          slot,
          is_compressed ? shape_.compression : Compression::kNone,
          {TextOf(slot) + progress.text_bytes, progress.compressed_bytes}};
}

void BatchSlots::Trim(uint32_t slot) {
  if (Progress(slot).text_bytes <= shape_.text_bytes) return;
  const size_t kept = RoundUp(TextOffset() + shape_.text_bytes +
                              CompressedBytes(shape_.text_bytes, shape_.compression));
  const auto offset = static_cast<off_t>(kPageBytes + slot * slot_bytes_ + kept);
  // Memory that stays is no fault: the next outsize document uses it again.
  static_cast<void>(::fallocate(memory_file_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset,
                                static_cast<off_t>(slot_bytes_ - kept)));
}

}  // namespace espcap::process
