// SPDX-License-Identifier: GPL-2.0-or-later
//
// A worker's road: one capture from its source through dissection and encoding into batch slots.
// Prepared in the zygote, run in a fork of it, once.
#ifndef ESPCAP_CAPTURE_WORKER_H_
#define ESPCAP_CAPTURE_WORKER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dissect/display_filter.h"
#include "dissect/epan_library.h"
#include "dissect/session.h"
#include "encode/document_writer.h"
#include "espcap/result.h"
#include "process/batch_slots.h"
#include "process/channel.h"
#include "process/messages.h"
#include "process/slot_writer.h"
#include "source/capture_filter.h"
#include "source/file_source.h"
#include "source/fingerprint.h"
#include "source/frame_reader.h"

namespace espcap {

struct InputFile {
  std::string path;
  bool may_be_foreign = false;  // from --dir: skipped where it is no capture
};

struct CaptureOptions {
  std::string capture_filter;  // empty: every packet
  std::string display_filter;
  bool two_pass = false;
  dissect::Options dissection;
  encode::Format format = encode::Format::kNdjson;
  bool hex = false;
  std::string index;
};

class CaptureWorker {
 public:
  using SendNote = std::function<void(const process::Note&)>;

  CaptureWorker(std::string program_path, CaptureOptions options, std::vector<InputFile> files,
                process::BatchSlots& slots)
      : program_path_(std::move(program_path)),
        options_(std::move(options)),
        files_(std::move(files)),
        slots_(slots) {}

  // In the zygote: libwireshark, the filters, and a pristine session.
  Result<void> Prepare(const SendNote& send_note);

  // In a worker: the job, to its end.
  void Work(const process::Job& job, process::Channel channel);

 private:
  struct Capture;  // the one on its way
  enum class Outcome { kDocument, kFiltered, kFailed };

  Result<void> RunJob(const process::Job& job, process::SlotWriter& out);
  Result<void> OnePass(Capture& capture);
  Result<void> TwoPasses(Capture& capture);
  void Preview(Capture& capture);
  Result<void> TakeFrame(Capture& capture, uint32_t frame_number);
  Outcome Dissect(Capture& capture, uint32_t frame_number, bool encode);
  void Encode(Capture& capture);

  std::string program_path_;
  CaptureOptions options_;
  std::vector<InputFile> files_;
  process::BatchSlots& slots_;

  SendNote send_note_;  // of the process that runs: zygote, then worker
  std::unique_ptr<dissect::EpanLibrary> library_;
  std::optional<source::CaptureFilter> capture_filter_;
  std::optional<dissect::DisplayFilter> display_filter_;
  std::unique_ptr<dissect::Session> session_;
  std::optional<encode::DocumentWriter> writer_;
};

}  // namespace espcap

#endif  // ESPCAP_CAPTURE_WORKER_H_
