// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a worker has put into a slot, copied once and then checked: the worker may be taken over,
// and may write to its slot meanwhile. It hands over documents; the action lines before them, where
// there are any, are made here. An error is a violation of the protocol between the processes.
#ifndef ESPCAP_SUPERVISE_BATCH_CHECK_H_
#define ESPCAP_SUPERVISE_BATCH_CHECK_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "document/bounded_index.h"
#include "espcap/batch.h"
#include "espcap/byte_buffer.h"
#include "espcap/fingerprint.h"
#include "espcap/result.h"
#include "process/worker_slots.h"

namespace espcap::supervise {

// How documents look to their destination.
enum class BatchForm : uint8_t {
  kLines,    // one document a line
  kBulk,     // the same, with an action line before each
  kText,     // for people: any text
  kSections  // undissected packets, as pcapng
};

// Whether a slot's counts can be true: what a worker fills may be shown before it is checked whole.
bool CountsAgree(const process::SlotProgress& progress);

// The numbers of a slot: copies, and consistent with one another.
struct SlotContents {
  process::SlotProgress progress;
  std::vector<process::SlotDocument> documents;
};
Result<SlotContents> ReadSlot(const process::WorkerSlots& slots, uint32_t slot);

// Each record's number is above the one before it, and above `last`.
Result<void> CheckOrder(const std::vector<process::SlotDocument>& documents, uint64_t last);

// What a document's id is made of.
struct DocumentKey {
  Fingerprint fingerprint{};
  uint32_t record_number = 0;
  bool is_error = false;  // in the place of the packet's own document
};

struct CheckedText {
  ByteBuffer text;
  std::vector<DocumentSpan> documents;

  [[nodiscard]] uint64_t packets() const { return PacketsOf(documents); }
};

class BatchCheck {
 public:
  // `index`: of kBulk; borrowed.
  BatchCheck(BatchForm form, document::BoundedIndex* index) : form_(form), index_(index) {}

  [[nodiscard]] BatchForm form() const { return form_; }

  // Copies the documents' texts in blocks, and looks at the copy. `keys`: one for each (kBulk),
  // else none.
  Result<CheckedText> Copy(const process::WorkerSlots& slots, uint32_t slot,
                           const SlotContents& contents, const std::vector<DocumentKey>& keys);

 private:
  Result<void> CopyDocument(const char* from, size_t bytes, ByteBuffer& out) const;

  BatchForm form_;
  document::BoundedIndex* index_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_BATCH_CHECK_H_
