// SPDX-License-Identifier: GPL-2.0-or-later
//
// The road from capture files to a sink, in one process.
#ifndef ESPCAP_PIPELINE_H_
#define ESPCAP_PIPELINE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dissect/display_filter.h"
#include "dissect/session.h"
#include "encode/document_writer.h"
#include "espcap/batch.h"
#include "espcap/ledger.h"
#include "espcap/sink.h"
#include "source/capture_filter.h"
#include "source/file_source.h"
#include "source/fingerprint.h"
#include "telemetry/log.h"
#include "telemetry/progress.h"

namespace espcap {

struct InputFile {
  std::string path;
  bool may_be_foreign = false;  // from --dir: skipped where it is no capture
};

struct PipelineOptions {
  std::vector<InputFile> files;
  uint64_t packet_limit = 0;  // over all files; 0: none
  bool two_pass = false;
  size_t chunk_documents = 0;  // of one batch
  size_t chunk_bytes = 0;
};

// Takes every file in order through source, dissection and encoding to the sink. A file that fails
// is reported and the next one taken; a sink that fails ends the run. One thread.
// REQUIRES: a started EpanLibrary.
class Pipeline {
 public:
  // Null filters take everything.
  Pipeline(PipelineOptions options, std::unique_ptr<source::CaptureFilter> capture_filter,
           std::unique_ptr<dissect::DisplayFilter> display_filter, encode::DocumentWriter writer,
           Sink& sink, telemetry::Log& log, telemetry::Progress& progress);

  // The ledger is balanced and every error is in the log.
  Ledger Run();

 private:
  struct Capture;  // one file on its way

  Result<void> RunFile(const InputFile& file);
  Result<void> OnePass(Capture& capture);
  Result<void> TwoPasses(Capture& capture);
  Result<void> TakeFrame(Capture& capture, uint32_t frame_number, uint64_t bytes_done);
  Result<void> AppendDocument(Capture& capture, uint32_t frame_number);
  Result<void> SubmitBatch();
  void ShowProgress(uint64_t bytes_of_file) const;
  [[nodiscard]] uint64_t PacketsLeft() const;
  [[nodiscard]] bool Stopped() const;

  PipelineOptions options_;
  std::unique_ptr<source::CaptureFilter> capture_filter_;
  std::unique_ptr<dissect::DisplayFilter> display_filter_;
  encode::DocumentWriter writer_;
  Sink& sink_;
  telemetry::Log& log_;
  telemetry::Progress& progress_;

  Ledger ledger_;
  Batch batch_;
  ByteBuffer overflow_;  // a document that didn't fit its batch any more
  bool sink_failed_ = false;
  uint64_t bytes_total_ = 0;
  uint64_t bytes_before_ = 0;  // of the files already taken
};

}  // namespace espcap

#endif  // ESPCAP_PIPELINE_H_
