// SPDX-License-Identifier: GPL-2.0-or-later
//
// One frame's way through a worker: dissected, encoded, accounted for in a slot. Borrows the stages
// that it goes through; one for each job.
#ifndef ESPCAP_WORKER_FRAME_PROCESSOR_H_
#define ESPCAP_WORKER_FRAME_PROCESSOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dissect/session.h"
#include "encode/document_writer.h"
#include "espcap/byte_buffer.h"
#include "espcap/result.h"
#include "process/messages.h"
#include "process/slot_writer.h"
#include "source/capture_source.h"
#include "source/flow_hash.h"

namespace espcap::worker {

class FrameProcessor {
 public:
  // What documents say of their packet's conversation (WorkerOptions); borrowed.
  struct Conversations {
    const std::optional<std::string>& sensor;
    source::FlowKey key;
  };

  FrameProcessor(source::CaptureSource& source, dissect::Session& session,
                 encode::DocumentWriter& writer, const process::Job& job, process::SlotWriter& out,
                 Conversations conversations)
      : source_(source),
        session_(session),
        writer_(writer),
        job_(job),
        out_(out),
        conversations_(conversations) {}

  // First of two passes.
  void Preview(uint32_t frame_number);

  // The source's current record. A frame that an earlier worker settled is dissected for what
  // follows from it, and not written again. `record_number`: by which its document is known.
  Result<void> Process(uint32_t frame_number, uint64_t record_number);
  // Counts a duplicate, which isn't dissected.
  Result<void> LeaveOut(uint32_t frame_number);
  // Counts a frame that can't be dissected.
  Result<void> Fail(uint32_t frame_number, const std::string& reason);

  // Written so far, in this job and those it goes on from.
  [[nodiscard]] uint64_t documents() const { return documents_; }
  void ContinueAfter(uint64_t documents) { documents_ = documents; }
  // Whether the display filter took the last frame.
  [[nodiscard]] bool selected() const { return outcome_ == Outcome::kDocument; }

 private:
  enum class Outcome { kDocument, kFiltered, kFailed };

  Outcome Dissect(uint32_t frame_number, bool encode);
  [[noreturn]] void Die(const std::string& reason);
  // The current record's document, for the slot.
  [[nodiscard]] process::SlotDocument SlotDocumentOf(uint32_t frame_number,
                                                     uint64_t record_number) const;
  // Why the frame must be left alone; null: it needn't.
  const process::FrameFault* FaultOf(uint32_t frame_number, bool is_settled);
  Result<void> LeaveAlone(uint32_t frame_number, uint64_t record_number,
                          const process::FrameFault& fault);

  source::CaptureSource& source_;
  dissect::Session& session_;
  encode::DocumentWriter& writer_;
  const process::Job& job_;
  process::SlotWriter& out_;
  Conversations conversations_;
  uint64_t documents_ = 0;
  bool has_met_unsettled_ = false;
  Outcome outcome_ = Outcome::kFailed;
  ByteBuffer document_;
  std::string_view cut_layer_;  // of the document; empty: it is whole
};

}  // namespace espcap::worker

#endif  // ESPCAP_WORKER_FRAME_PROCESSOR_H_
