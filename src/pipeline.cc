// SPDX-License-Identifier: GPL-2.0-or-later
#include "pipeline.h"

#include <cassert>
#include <filesystem>
#include <utility>

#include "encode/document_id.h"
#include "process/stop_signals.h"
#include "source/frame_reader.h"

namespace espcap {
namespace {

// A batch's memory is reserved whole, so that growing never doubles what is held.
constexpr size_t kBatchSlackBytes = size_t{256} << 10U;
constexpr uint32_t kHousekeepingFrames = 32;

uint64_t SizeOf(const std::string& path) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

}  // namespace

struct Pipeline::Capture {
  source::FileSource& source;
  dissect::Session& session;
  source::FrameReader& frames;
  std::shared_ptr<const std::string> name;
  std::optional<source::Fingerprint> fingerprint;   // of a file
  std::optional<source::StreamFingerprint> so_far;  // of a pipe
  std::vector<uint32_t> record_numbers;             // by frame, two passes only
  uint64_t documents = 0;
};

Pipeline::Pipeline(PipelineOptions options, std::unique_ptr<source::CaptureFilter> capture_filter,
                   std::unique_ptr<dissect::DisplayFilter> display_filter,
                   encode::DocumentWriter writer, Sink& sink, telemetry::Log& log,
                   telemetry::Progress& progress)
    : options_(std::move(options)),
      capture_filter_(std::move(capture_filter)),
      display_filter_(std::move(display_filter)),
      writer_(std::move(writer)),
      sink_(sink),
      log_(log),
      progress_(progress) {
  for (const InputFile& file : options_.files) bytes_total_ += SizeOf(file.path);
}

Ledger Pipeline::Run() {
  for (const InputFile& file : options_.files) {
    if (Stopped() || PacketsLeft() == 0) break;
    if (auto done = RunFile(file); !done) log_.Error(done.error().message);
    bytes_before_ += SizeOf(file.path);
  }
  if (!sink_failed_) {
    auto delivered = SubmitBatch();
    if (delivered) delivered = sink_.Drain(ledger_);
    if (!delivered) log_.Error(delivered.error().message);
  }
  ledger_.abandoned += batch_.documents.size();
  progress_.Clear();
  assert(ledger_.Balanced());
  return ledger_;
}

Result<void> Pipeline::RunFile(const InputFile& file) {
  const auto access = options_.two_pass ? source::FileSource::Access::kRandom
                                        : source::FileSource::Access::kSequential;
  auto source = source::FileSource::Open(file.path, access);
  if (!source) {
    const auto& [message, is_no_capture] = source.error();
    if (!file.may_be_foreign || !is_no_capture) return Fail("{}", message);
    log_.Info(message + "; skipped");
    return {};
  }
  log_.Verbose("reading " + (*source)->name());
  dissect::Session session(**source, display_filter_.get(), options_.two_pass);
  source::FrameReader frames(**source, capture_filter_.get(), PacketsLeft());
  Capture capture{**source, session, frames, std::make_shared<const std::string>((*source)->name()),
                  {},       {},      {},     0};
  if (writer_.format() == encode::Format::kBulk) {
    auto fingerprint = source::FingerprintOfFile(file.path);
    if (!fingerprint) return Forward(std::move(fingerprint));
    capture.fingerprint = *fingerprint;
    if (!capture.fingerprint) capture.so_far.emplace();
  }
  return options_.two_pass ? TwoPasses(capture) : OnePass(capture);
}

Result<void> Pipeline::OnePass(Capture& capture) {
  while (!Stopped()) {
    auto more = capture.frames.Next();
    if (!more && process::StopRequested()) return {};  // the signal interrupted a read
    if (!more) return Forward(std::move(more));
    if (!*more) return {};
    auto taken = TakeFrame(capture, capture.frames.frame_number(), capture.source.bytes_read());
    if (!taken) return taken;
  }
  return {};
}

Result<void> Pipeline::TwoPasses(Capture& capture) {
  Result<void> read = {};  // what ended the first pass is told after the second
  while (!process::StopRequested()) {
    auto more = capture.frames.Next();
    if (!more) {
      read = Forward(std::move(more));
      break;
    }
    if (!*more) break;
    capture.record_numbers.push_back(capture.source.record_number());
    if (capture.record_numbers.size() % kHousekeepingFrames == 0) {
      ShowProgress(capture.source.bytes_read() / 2);
    }
    if (auto previewed = capture.session.Preview(capture.frames.frame_number()); !previewed) {
      log_.Verbose(previewed.error().message);  // the second pass meets it again
    }
  }
  capture.session.EndPreview();
  const uint64_t frame_count = capture.record_numbers.size();
  for (uint32_t frame = 1; frame <= frame_count && !Stopped(); ++frame) {
    auto found =
        capture.source.ReadAt(capture.session.OffsetOf(frame), capture.record_numbers[frame - 1]);
    if (!found) return found;
    const uint64_t half = capture.source.bytes_total() / 2;
    if (auto taken = TakeFrame(capture, frame, half + half * frame / frame_count); !taken) {
      return taken;
    }
  }
  return read;
}

Result<void> Pipeline::TakeFrame(Capture& capture, uint32_t frame_number, uint64_t bytes_done) {
  ++ledger_.captured;
  if (capture.so_far) capture.so_far->Add(capture.source.record());
  const auto selected = capture.session.Dissect(frame_number);
  Result<void> taken = {};
  if (!selected) {
    ++ledger_.failed;
    log_.Error(selected.error().message);
  } else if (!*selected) {
    ++ledger_.filtered;
  } else {
    taken = AppendDocument(capture, frame_number);
  }
  capture.session.Finish();
  if (taken && frame_number % kHousekeepingFrames == 0) {
    taken = sink_.Poll(ledger_);
    sink_failed_ = !taken;
    ShowProgress(bytes_done);
  }
  return taken;
}

Result<void> Pipeline::AppendDocument(Capture& capture, uint32_t frame_number) {
  encode::FrameFacts facts{++capture.documents, {}};
  if (writer_.format() == encode::Format::kBulk) {
    facts.id = encode::DocumentId(capture.so_far ? capture.so_far->Value() : *capture.fingerprint,
                                  capture.source.record_number());
  }
  batch_.bytes.Reserve(options_.chunk_bytes + kBatchSlackBytes);
  size_t start = batch_.bytes.size();
  writer_.Append(batch_.bytes, capture.session.dissection(), facts);
  const size_t length = batch_.bytes.size() - start;
  if (batch_.bytes.size() > options_.chunk_bytes && !batch_.empty()) {
    overflow_.Clear();
    overflow_.Append(batch_.bytes.view().substr(start));
    batch_.bytes.Truncate(start);
    if (auto submitted = SubmitBatch(); !submitted) {
      ++ledger_.abandoned;  // the document that didn't fit
      return submitted;
    }
    start = 0;
    batch_.bytes.Append(overflow_.view());
  }
  batch_.documents.push_back({start, length, frame_number, capture.name});
  if (batch_.documents.size() >= options_.chunk_documents ||
      batch_.bytes.size() >= options_.chunk_bytes) {
    return SubmitBatch();
  }
  return {};
}

Result<void> Pipeline::SubmitBatch() {
  auto submitted = sink_.Submit(batch_, ledger_);
  if (!submitted) sink_failed_ = true;
  return submitted;
}

void Pipeline::ShowProgress(uint64_t bytes_of_file) const {
  progress_.Update({bytes_before_ + bytes_of_file, bytes_total_, ledger_.captured});
}

uint64_t Pipeline::PacketsLeft() const {
  if (options_.packet_limit == 0) return UINT64_MAX;
  return options_.packet_limit - std::min(ledger_.captured, options_.packet_limit);
}

bool Pipeline::Stopped() const { return sink_failed_ || process::StopRequested(); }

}  // namespace espcap
