// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture_worker.h"

#include <utility>

#include "encode/document_id.h"

namespace espcap {

using process::Note;

struct CaptureWorker::Capture {
  source::FileSource& source;
  source::FrameReader& frames;
  process::SlotWriter& out;
  const process::Job& job;
  std::optional<source::Fingerprint> fingerprint;   // of a file
  std::optional<source::StreamFingerprint> so_far;  // of a pipe
  std::vector<uint32_t> record_numbers;             // by frame, two passes only
  uint64_t documents = 0;
  ByteBuffer document;
};

Result<void> CaptureWorker::Prepare(const SendNote& send_note) {
  send_note_ = send_note;
  auto library = dissect::EpanLibrary::Start(
      program_path_.c_str(), options_.dissection,
      [this](const std::string& text) { send_note_(Note::Of(Note::Level::kWarning, text)); });
  if (!library) return Forward(std::move(library));
  library_ = std::move(*library);
  if (!options_.capture_filter.empty()) {
    auto filter = source::CaptureFilter::Compile(options_.capture_filter);
    if (!filter) return Forward(std::move(filter));
    capture_filter_ = std::move(*filter);
  }
  if (!options_.display_filter.empty()) {
    auto filter = dissect::DisplayFilter::Compile(options_.display_filter);
    if (!filter) return Forward(std::move(filter));
    display_filter_ = std::move(*filter);
  }
  auto index = encode::IndexName::Parse(options_.index);
  if (!index) return Forward(std::move(index));
  writer_.emplace(options_.format, options_.hex, std::move(*index));
  session_ = std::make_unique<dissect::Session>(display_filter_ ? &*display_filter_ : nullptr,
                                                options_.two_pass);
  return {};
}

void CaptureWorker::Work(const process::Job& job, process::Channel channel) {
  process::SlotWriter out(slots_, job.seat, std::move(channel));
  send_note_ = [&out](const Note& note) { out.SendNote(note.level, note.Text()); };
  if (auto done = RunJob(job, out); !done) {
    out.SendNote(Note::Level::kError, done.error().message);
  }
  out.Finish();
}

Result<void> CaptureWorker::RunJob(const process::Job& job, process::SlotWriter& out) {
  const InputFile& file = files_[job.file];
  const auto access = options_.two_pass ? source::FileSource::Access::kRandom
                                        : source::FileSource::Access::kSequential;
  auto source = source::FileSource::Open(file.path, access);
  if (!source) {
    const auto& [message, is_no_capture] = source.error();
    if (!file.may_be_foreign || !is_no_capture) return Fail("{}", message);
    out.SendNote(Note::Level::kInfo, message + "; skipped");
    return {};
  }
  out.SendNote(Note::Level::kVerbose, "reading " + (*source)->name());
  session_->Attach(**source);
  source::FrameReader frames(**source, capture_filter_ ? &*capture_filter_ : nullptr,
                             job.packet_limit);
  Capture capture{**source, frames, out, job, {}, {}, {}, 0, {}};
  if (options_.format == encode::Format::kBulk) {
    auto fingerprint = source::FingerprintOfFile(file.path);
    if (!fingerprint) return Forward(std::move(fingerprint));
    capture.fingerprint = *fingerprint;
    if (!capture.fingerprint) capture.so_far.emplace();
  }
  auto done = options_.two_pass ? TwoPasses(capture) : OnePass(capture);
  // A stop interrupts a read that waits: no fault of the file's.
  if (!done && out.StopRequested()) return {};
  return done;
}

Result<void> CaptureWorker::OnePass(Capture& capture) {
  while (!capture.out.StopRequested()) {
    auto more = capture.frames.Next();
    if (!more) return Forward(std::move(more));
    if (!*more) return {};
    capture.out.SetSourceBytes(capture.source.bytes_read());
    if (auto taken = TakeFrame(capture, capture.frames.frame_number()); !taken) return taken;
  }
  return {};
}

Result<void> CaptureWorker::TwoPasses(Capture& capture) {
  Result<void> read = {};  // what ended the first pass is told after the second
  while (!capture.out.StopRequested()) {
    auto more = capture.frames.Next();
    if (!more) {
      read = Forward(std::move(more));
      break;
    }
    if (!*more) break;
    capture.record_numbers.push_back(capture.source.record_number());
    Preview(capture);
  }
  session_->EndPreview();
  const auto frame_count = static_cast<uint32_t>(capture.record_numbers.size());
  for (uint32_t frame = 1; frame <= frame_count && !capture.out.StopRequested(); ++frame) {
    auto found =
        capture.source.ReadAt(session_->OffsetOf(frame), capture.record_numbers[frame - 1]);
    if (!found) return found;
    capture.out.SetSourceBytes(capture.source.bytes_total() / frame_count * frame);
    if (auto taken = TakeFrame(capture, frame); !taken) return taken;
  }
  return read;
}

void CaptureWorker::Preview(Capture& capture) {
  const uint32_t frame_number = capture.frames.frame_number();
  if (capture.job.Skips(frame_number)) return session_->SkipPreview(frame_number);
  capture.out.BeginDissection(frame_number);
  if (auto previewed = session_->Preview(frame_number); !previewed) {
    // The second pass meets it again, and counts it.
    capture.out.SendNote(Note::Level::kVerbose, previewed.error().message);
  }
  capture.out.EndDissection();
}

Result<void> CaptureWorker::TakeFrame(Capture& capture, uint32_t frame_number) {
  if (capture.so_far) capture.so_far->Add(capture.source.record());
  const bool is_settled = frame_number <= capture.job.settled_frame;
  if (capture.job.Skips(frame_number)) {
    session_->Skip(frame_number);
    return is_settled ? Result<void>() : capture.out.AddFailed(frame_number);
  }
  capture.out.BeginDissection(frame_number);
  const Outcome outcome = Dissect(capture, frame_number, !is_settled);
  session_->Finish();
  capture.out.EndDissection();
  if (is_settled) return {};
  // From here on the frame is no reason for this process to end: it may wait for a slot.
  switch (outcome) {
    case Outcome::kDocument:
      return capture.out.AddDocument(frame_number, capture.document.view());
    case Outcome::kFiltered:
      return capture.out.AddFiltered(frame_number);
    default:
      return capture.out.AddFailed(frame_number);
  }
}

CaptureWorker::Outcome CaptureWorker::Dissect(Capture& capture, uint32_t frame_number,
                                              bool encode) {
  const auto selected = session_->Dissect(frame_number);
  if (!selected) {
    if (encode) capture.out.SendNote(Note::Level::kError, selected.error().message);
    return Outcome::kFailed;
  }
  if (!*selected) return Outcome::kFiltered;
  ++capture.documents;
  if (encode) Encode(capture);
  return Outcome::kDocument;
}

void CaptureWorker::Encode(Capture& capture) {
  encode::FrameFacts facts{capture.documents, {}};
  if (options_.format == encode::Format::kBulk) {
    facts.id = encode::DocumentId(capture.so_far ? capture.so_far->Value() : *capture.fingerprint,
                                  capture.source.record_number());
  }
  capture.document.Clear();
  writer_->Append(capture.document, session_->dissection(), facts);
}

}  // namespace espcap
