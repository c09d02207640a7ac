// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/batch_check.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "document/action_line.h"
#include "document/document_id.h"

namespace espcap::supervise {
namespace {

// A block stays in the processor's cache between its copy and the look at it.
constexpr size_t kBlockBytes = size_t{64} << 10U;
constexpr uint64_t kMaxPackets = UINT32_MAX;  // of a slot: frame numbers have 32 bits

}  // namespace

bool CountsAgree(const process::SlotProgress& progress) {
  // Each by itself first: their sum can't wrap then.
  return progress.captured <= kMaxPackets && progress.filtered <= kMaxPackets &&
         progress.duplicates <= kMaxPackets && progress.failed <= kMaxPackets &&
         progress.packets <= kMaxPackets && progress.too_large <= kMaxPackets &&
         progress.cut <= progress.documents && progress.cut_layers.Agree(progress.cut) &&
         progress.captured == progress.packets + progress.filtered + progress.duplicates +
                                  progress.failed + progress.too_large;
}

Result<SlotContents> ReadSlot(const process::WorkerSlots& slots, uint32_t slot) {
  SlotContents contents{slots.Progress(slot), {}};
  const process::SlotProgress& progress = contents.progress;
  if (progress.documents > slots.shape().documents ||
      progress.text_bytes > slots.max_text_bytes()) {
    return Fail("a batch that is larger than its slot");
  }
  if (!CountsAgree(progress)) return Fail("a batch whose counts disagree");
  contents.documents = slots.Documents(slot, progress.documents);
  uint64_t left = progress.text_bytes;
  for (const process::SlotDocument& document : contents.documents) {
    if (document.bytes == 0 || document.bytes > left) {
      return Fail("a document that isn't within its batch");
    }
    left -= document.bytes;
  }
  if (left != 0) return Fail("a batch with text of no document");
  return contents;
}

Result<void> CheckOrder(const std::vector<process::SlotDocument>& documents, uint64_t last) {
  for (const process::SlotDocument& document : documents) {
    if (document.record_number <= last || document.record_number > UINT32_MAX) {
      return Fail("record {} after record {}", document.record_number, last);
    }
    last = document.record_number;
  }
  return {};
}

Result<CheckedText> BatchCheck::Copy(const process::WorkerSlots& slots, uint32_t slot,
                                     const SlotContents& contents,
                                     const std::vector<DocumentKey>& keys) {
  CheckedText checked;
  const size_t documents = contents.documents.size();
  checked.text.Reserve(contents.progress.text_bytes + documents * slots.shape().action_bytes);
  checked.documents.reserve(documents);
  size_t place = 0;
  const std::time_t now = std::time(nullptr);
  for (size_t position = 0; position < documents; ++position) {
    const process::SlotDocument& document = contents.documents[position];
    const size_t begin = checked.text.size();
    if (form_ == BatchForm::kBulk) {
      const DocumentKey& key = keys[position];
      document::AppendAction(
          checked.text, {index_->For(document.seconds, now),
                         document::DocumentId(key.fingerprint, key.record_number, key.is_error)});
    }
    auto copied = CopyDocument(slots.Text(slot, place), document.bytes, checked.text);
    if (!copied) return Forward(std::move(copied));
    place += document.bytes;
    checked.documents.push_back(
        {begin, checked.text.size() - begin, document.frame_number, document.conversation});
  }
  return checked;
}

// One line, and an object: what it holds is its own packet's, and the server's to read.
Result<void> BatchCheck::CopyDocument(const char* from, size_t bytes, ByteBuffer& out) const {
  const size_t begin = out.size();
  for (size_t copied = 0; copied < bytes;) {
    const size_t block = std::min(kBlockBytes, bytes - copied);
    out.Append({from + copied, block});
    copied += block;
    if (form_ == BatchForm::kText) continue;
    const char* place = out.data() + out.size() - block;
    const void* line_feed = std::memchr(place, '\n', block);
    const bool ends_here = line_feed == place + block - 1 && copied == bytes;
    if (line_feed != nullptr ? !ends_here : copied == bytes) {
      return Fail("a document that isn't one line");
    }
  }
  const std::string_view document = out.view().substr(begin);
  if (form_ != BatchForm::kText && (!document.starts_with('{') || !document.ends_with("}\n"))) {
    return Fail("a document that isn't an object");
  }
  return {};
}

}  // namespace espcap::supervise
