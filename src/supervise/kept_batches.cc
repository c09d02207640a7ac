// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/kept_batches.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/compressor.h"

namespace espcap::supervise {
namespace {

constexpr size_t kMaxWaiting = 4096;              // batches for one thread
constexpr size_t kOwnBytes = 4096;                // of a batch, without its texts
constexpr uint32_t kMaxIds = uint32_t{1} << 31U;  // above are ids of the sinks' own

// What a compressed text may take, in eighths of the text. Hexadecimal digits of random bytes, the
// worst of what documents are full of, come to a little more than a half.
constexpr size_t kCompressedEighths = 5;

KeptBatches::PacketTime TimeOf(const process::SlotDocument& document) {
  // Beyond every calendar: any time will do, but it must be one.
  constexpr int64_t kMaxSeconds = int64_t{1} << 33U;
  return KeptBatches::PacketTime(
      std::chrono::seconds(std::clamp(document.seconds, -kMaxSeconds, kMaxSeconds)) +
      std::chrono::nanoseconds(document.nanoseconds));
}

size_t BytesOf(const KeptBatches::Kept& kept) {
  return kOwnBytes + kept.checked.text.capacity() + kept.compressed.capacity();
}

// Where that would take more than its room, the text is there alone.
void CompressText(KeptBatches::Kept& kept, Compression compression) {
  thread_local std::unique_ptr<base::Compressor> compressor;
  if (compressor == nullptr) compressor = base::Compressor::Make(compression);
  const std::string_view text = kept.checked.text.view();
  ByteBuffer room(std::max<size_t>(1, text.size() / 8 * kCompressedEighths));
  const auto bytes = compressor->Compress(text, {room.Claim(0), room.capacity()});
  if (!bytes) return;
  kept.compressed.Append({room.data(), *bytes});
}

}  // namespace

Result<std::unique_ptr<KeptBatches>> KeptBatches::Create(base::EventLoop& loop,
                                                         Compression compression,
                                                         uint32_t threads) {
  std::unique_ptr<KeptBatches> batches(new KeptBatches(compression));
  if (compression == Compression::kNone) return batches;
  for (uint32_t number = 0; number < threads; ++number) {
    auto thread = base::WriteThread::Create(loop, kMaxWaiting);
    if (!thread) return Forward(std::move(thread));
    batches->threads_.push_back(std::move(*thread));
  }
  return batches;
}

size_t KeptBatches::MostBytes(size_t text_bytes) const {
  return kOwnBytes + text_bytes +
         (compression_ == Compression::kNone ? 0 : text_bytes / 8 * kCompressedEighths);
}

uint32_t KeptBatches::Add(Capture& capture, const SlotContents& contents, CheckedText checked,
                          MessageRange messages) {
  const auto kept = std::make_shared<Kept>();
  kept->capture = &capture;
  kept->messages = messages;
  kept->checked = std::move(checked);
  kept->first_time = TimeOf(contents.documents.front());
  kept->last_time = TimeOf(contents.documents.back());
  do {
    last_id_ = (last_id_ + 1) % kMaxIds;
  } while (kept_.contains(last_id_));
  kept_.emplace(last_id_, kept);
  bytes_ += MostBytes(kept->checked.text.capacity());
  Compress(kept);
  return last_id_;
}

void KeptBatches::Compress(const std::shared_ptr<Kept>& kept) {
  const auto is_done = [this](Kept& done) {
    done.is_ready = true;
    bytes_ -= MostBytes(done.checked.text.capacity());
    bytes_ += BytesOf(done);
  };
  if (threads_.empty()) return is_done(*kept);
  const auto thread = std::min_element(
      threads_.begin(), threads_.end(),
      [](const auto& one, const auto& other) { return one->posted() < other->posted(); });
  if (!(*thread)->HasRoom()) return is_done(*kept);
  (*thread)->Post(
      [kept, compression = compression_] {
        CompressText(*kept, compression);
        return true;
      },
      [is_done, kept](bool /*compressed*/) {
        if (!kept->is_removed) is_done(*kept);
      });
}

Batch KeptBatches::View(uint32_t id) const {
  const Kept& kept = *kept_.at(id);
  const bool is_compressed = !kept.compressed.empty();
  return {kept.checked.text.view(),
          kept.checked.documents,
          kept.capture->name,
          id,
          is_compressed ? compression_ : Compression::kNone,
          kept.compressed.view()};
}

void KeptBatches::Remove(uint32_t id) {
  const auto found = kept_.find(id);
  Kept& kept = *found->second;
  kept.is_removed = true;
  bytes_ -= kept.is_ready ? BytesOf(kept) : MostBytes(kept.checked.text.capacity());
  kept_.erase(found);
}

}  // namespace espcap::supervise
