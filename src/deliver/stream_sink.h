// SPDX-License-Identifier: GPL-2.0-or-later
//
// Writes documents to standard output or a file: whole documents only. Where a write fails half
// way, a regular file is cut back to its last whole line.
#ifndef ESPCAP_DELIVER_STREAM_SINK_H_
#define ESPCAP_DELIVER_STREAM_SINK_H_

#include <memory>
#include <string>

#include "base/file_descriptor.h"
#include "espcap/sink.h"

namespace espcap::deliver {

class StreamSink : public Sink {
 public:
  // "-" is standard output; anything else is created, or emptied where it exists.
  static Result<std::unique_ptr<StreamSink>> Open(const std::string& path);

  [[nodiscard]] bool Ready() const override { return true; }
  // Writes all of it, waiting for whoever reads.
  Result<void> Submit(Batch batch, Ledger& ledger) override;
  Result<void> Poll(Ledger& /*ledger*/) override { return {}; }
  Result<void> Drain(Ledger& /*ledger*/) override { return {}; }
  void Wait(std::span<pollfd> others, std::chrono::milliseconds timeout) override;

 private:
  StreamSink(std::string name, base::FileDescriptor file)
      : name_(std::move(name)), file_(std::move(file)) {}

  Result<void> Write(const Batch& batch, Ledger& ledger) const;
  void CountAndCut(const Batch& batch, size_t written_bytes, Ledger& ledger) const;

  std::string name_;
  base::FileDescriptor file_;
};

}  // namespace espcap::deliver

#endif  // ESPCAP_DELIVER_STREAM_SINK_H_
