// SPDX-License-Identifier: GPL-2.0-or-later
//
// Standard output or a file that documents are written to: whole documents only. Where a write
// fails half way, a regular file is cut back to its last whole line; a compressed one, where each
// batch is a gzip member or zstd frame, to its last whole batch. Used by one thread at a time; it
// waits for disks and readers.
#ifndef ESPCAP_SINK_OUTPUT_FILE_H_
#define ESPCAP_SINK_OUTPUT_FILE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/compressor.h"
#include "base/file_descriptor.h"
#include "base/write_thread.h"
#include "espcap/batch.h"
#include "espcap/compression.h"
#include "espcap/result.h"

namespace espcap::sink {

// What the end of a file's name asks for: ".gz", ".zst".
Compression CompressionOf(std::string_view path);

class OutputFile {
 public:
  // What is in the file already: emptied, or kept up to its last whole line.
  enum class Existing { kEmpty, kKeep };

  // "-" is standard output, whose flags stay as they are; anything else is created where it doesn't
  // exist. CompressionOf() its name is what is written; a batch that comes otherwise is compressed
  // here. A write that waits for a reader gives up once `stop_waiting` is set, and it is
  // interrupted by a signal. REQUIRES: not kKeep where the file is compressed: where it was cut off
  // can't be told.
  static Result<std::unique_ptr<OutputFile>> Open(const std::string& path, Existing existing,
                                                  base::WriteThread::StopWaitingFlag stop_waiting);

  struct Written {
    size_t documents = 0;          // whole, from the first on
    bool gave_up_waiting = false;  // the reader had no more time: not an error
    Result<void> result;
  };
  // Nothing more is written after an error.
  Written Write(const Batch& batch);

  // Makes a compressed file of no documents a valid one.
  Result<void> Finish();
  // What was written outlives a power failure.
  Result<void> Sync();

 private:
  OutputFile(std::string name, base::FileDescriptor file, Compression compression,
             base::WriteThread::StopWaitingFlag stop_waiting);

  Result<void> WriteText(const Batch& batch, size_t& written_documents);
  Result<void> WriteCompressed(const Batch& batch, size_t& written_documents);
  // What these write counts in `written_bytes`, where they fail too.
  Result<void> WriteAll(std::string_view bytes, size_t& written_bytes);
  Result<void> CompressAndWriteAll(std::string_view text, size_t& written_bytes);
  void TruncateTo(size_t bytes) const;

  std::string name_;
  base::FileDescriptor file_;
  Compression compression_;
  base::WriteThread::StopWaitingFlag stop_waiting_;
  std::unique_ptr<base::Compressor> compressor_;  // null: nothing is compressed
  bool has_members_ = false;
  bool has_failed_ = false;
};

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_OUTPUT_FILE_H_
