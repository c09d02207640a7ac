// SPDX-License-Identifier: GPL-2.0-or-later
#include "worker/frame_processor.h"

#include <cstdlib>
#include <utility>

#include "source/conversation.h"
#include "worker/kept_frame.h"

namespace espcap::worker {

using process::LogMessage;

void FrameProcessor::Preview(uint32_t frame_number) {
  if (job_.faults.Find(frame_number) != nullptr) return session_.SkipPreview(frame_number);
  out_.BeginDissection(frame_number);
  if (auto previewed = session_.Preview(frame_number); !previewed) Die(previewed.error().message);
  out_.EndDissection();
}

Result<void> FrameProcessor::Process(uint32_t frame_number, uint64_t record_number) {
  const bool is_settled = frame_number <= job_.settled_frame;
  if (is_settled && job_.is_fresh) {
    session_.Skip(frame_number, frame_number == job_.continuation.last_frame);
    return {};
  }
  if (const auto* fault = FaultOf(frame_number, is_settled)) {
    session_.Skip(frame_number);
    outcome_ = Outcome::kFailed;
    if (!is_settled) return LeaveAlone(frame_number, record_number, *fault);
    if (fault->use != process::FrameFault::Use::kNothing) ++documents_;
    return {};
  }
  out_.BeginDissection(frame_number);
  outcome_ = Dissect(frame_number, !is_settled);
  session_.Finish();
  out_.EndDissection();
  if (is_settled) return {};
  // From here on the frame is no reason for this process to end: it may wait for a slot.
  switch (outcome_) {
    case Outcome::kDocument:
      return out_.AddDocument(SlotDocumentOf(frame_number, record_number), document_.view(),
                              cut_layer_);
    case Outcome::kFiltered:
      return out_.AddFiltered(frame_number);
    default:
      return out_.AddFailed(frame_number);
  }
}

const process::FrameFault* FrameProcessor::FaultOf(uint32_t frame_number, bool is_settled) {
  const bool is_first = !is_settled && !std::exchange(has_met_unsettled_, true);
  const auto* first = is_first ? job_.faults.Find(process::FrameFault::kFirst) : nullptr;
  return first != nullptr ? first : job_.faults.Find(frame_number);
}

// It is kept for those who repair the dissector, and a document says that it was there.
Result<void> FrameProcessor::LeaveAlone(uint32_t frame_number, uint64_t record_number,
                                        const process::FrameFault& fault) {
  using Use = process::FrameFault::Use;
  if (fault.use == Use::kNothing) return out_.AddFailed(frame_number);
  const std::string reason = process::DescribeFault(fault);
  if (fault.use == Use::kKeep && job_.keeps_faults) {
    if (base::FileDescriptor file = out_.AskForFile(frame_number); file.valid()) {
      out_.BeginDissection(frame_number);
      if (auto kept = KeepFrame(std::move(file), source_, reason); !kept) {
        out_.SendLog(LogMessage::Level::kError,
                     fmt::format("{}: packet {}: not kept in quarantine: {}", source_.name(),
                                 frame_number, kept.error().message));
      }
      out_.EndDissection();
    }
  }
  document_.Clear();
  writer_.AppendError(document_, source_, frame_number, ++documents_, reason);
  return out_.AddDocument(SlotDocumentOf(frame_number, record_number), document_.view());
}

process::SlotDocument FrameProcessor::SlotDocumentOf(uint32_t frame_number,
                                                     uint64_t record_number) const {
  const wireshark::Record& record = std::as_const(source_).record();
  const wtap_rec& rec = record.rec();
  process::SlotDocument document{0, record_number, rec.ts.secs, rec.ts.nsecs, frame_number};
  if (!conversations_.sensor) return document;
  const bool is_packet = rec.rec_type == REC_TYPE_PACKET;
  const auto& packet = rec.rec_header.packet_header;
  const char* const interface = is_packet && (rec.presence_flags & WTAP_HAS_INTERFACE_ID) != 0
                                    ? source_.InterfaceName(packet.interface_id, rec.section_number)
                                    : nullptr;
  const std::string_view place = interface == nullptr ? "" : interface;
  document.conversation =
      is_packet ? source::ConversationOf(conversations_.key, packet.pkt_encap,
                                         record.packet_bytes(), *conversations_.sensor, place)
                : source::PlaceHash(*conversations_.sensor, place);
  return document;
}

// For times and numbers it was captured, as a frame of another shard was.
Result<void> FrameProcessor::LeaveOut(uint32_t frame_number) {
  session_.Skip(frame_number);
  if (frame_number <= job_.settled_frame) return {};
  return out_.AddDuplicate(frame_number);
}

Result<void> FrameProcessor::Fail(uint32_t frame_number, const std::string& reason) {
  out_.SendLog(LogMessage::Level::kError,
               fmt::format("{}: packet {}: {}", source_.name(), frame_number, reason));
  outcome_ = Outcome::kFailed;
  return out_.AddFailed(frame_number);
}

// Where nothing can be dissected any more. The frame is blamed for it, as for a crash.
void FrameProcessor::Die(const std::string& reason) {
  out_.SendLog(LogMessage::Level::kError, reason);
  std::abort();
}

FrameProcessor::Outcome FrameProcessor::Dissect(uint32_t frame_number, bool encode) {
  const auto selected = session_.Dissect(frame_number);
  if (!selected) Die(selected.error().message);
  if (!*selected) return Outcome::kFiltered;
  ++documents_;
  if (encode) {
    document_.Clear();
    cut_layer_ = writer_.Append(document_, session_.dissection(), source_, documents_,
                                session_.wants_tree());
  }
  return Outcome::kDocument;
}

}  // namespace espcap::worker
