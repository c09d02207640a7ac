// SPDX-License-Identifier: GPL-2.0-or-later
//
// Writes documents to standard output or a file: whole documents only. Where a write fails half
// way, a regular file is cut back to its last whole line; a compressed one, where each batch is a
// gzip member or zstd frame, to its last whole batch.
#ifndef ESPCAP_SINK_STREAM_SINK_H_
#define ESPCAP_SINK_STREAM_SINK_H_

#include <memory>
#include <string>
#include <string_view>

#include "base/compressor.h"
#include "base/file_descriptor.h"
#include "espcap/sink.h"

namespace espcap::sink {

// What the end of a file's name asks for: ".gz", ".zst".
Compression CompressionOf(std::string_view path);

class StreamSink : public Sink {
 public:
  // What is in the file already: emptied, or kept up to its last whole line.
  enum class Existing { kEmpty, kKeep };

  // "-" is standard output; anything else is created where it doesn't exist. CompressionOf() its
  // name is what is written; a batch that comes otherwise is compressed here.
  // REQUIRES: not kKeep where the file is compressed: where it was cut off can't be told.
  static Result<std::unique_ptr<StreamSink>> Open(const std::string& path,
                                                  Existing existing = Existing::kEmpty);

  [[nodiscard]] bool Ready() const override { return true; }
  [[nodiscard]] bool Idle() const override { return true; }
  // Writes all of it, waiting for whoever reads.
  Result<void> Submit(Batch batch, Ledger& ledger) override;
  Result<void> Poll(Ledger& /*ledger*/) override { return {}; }
  // Makes a compressed file of no documents a valid one.
  Result<void> Close(Ledger& ledger) override;
  Result<void> Sync() override;

 private:
  StreamSink(std::string name, base::FileDescriptor file, Compression compression);

  Result<void> WriteText(const Batch& batch, Ledger& ledger) const;
  Result<void> WriteCompressed(const Batch& batch, Ledger& ledger);
  // What these write counts in `written_bytes`, where they fail too.
  Result<void> WriteAll(std::string_view bytes, size_t& written_bytes) const;
  Result<void> CompressAndWriteAll(std::string_view text, size_t& written_bytes);
  void CutBack(size_t bytes) const;

  std::string name_;
  base::FileDescriptor file_;
  Compression compression_;
  std::unique_ptr<base::Compressor> compressor_;  // null: nothing is compressed
  bool has_members_ = false;
};

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_STREAM_SINK_H_
