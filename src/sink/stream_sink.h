// SPDX-License-Identifier: GPL-2.0-or-later
//
// Takes documents to standard output or a file, in the order in which they come. One thread calls
// it; another one writes.
#ifndef ESPCAP_SINK_STREAM_SINK_H_
#define ESPCAP_SINK_STREAM_SINK_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/write_thread.h"
#include "espcap/sink.h"
#include "sink/output_file.h"

namespace espcap::sink {

class StreamSink : public Sink {
 public:
  // `writes` is borrowed.
  StreamSink(std::unique_ptr<OutputFile> file, base::WriteThread& writes)
      : file_(std::move(file)), writes_(writes) {}

  [[nodiscard]] bool Ready() const override {
    return !closing_ && writing_.size() < kMaxBatches && writes_.HasRoom();
  }
  [[nodiscard]] bool Idle() const override { return writing_.empty() && written_.empty(); }
  Result<void> Submit(Batch batch, Ledger& ledger) override;
  Result<void> Poll(Ledger& ledger) override;
  void Close() override;
  [[nodiscard]] bool Closed() const override { return Idle() && is_finished_; }
  void GiveUp(Ledger& ledger) override;
  void Sync(SyncDone done) override;

 private:
  static constexpr size_t kMaxBatches = 4;  // one is written, and others follow at once

  struct Written {
    uint32_t slot;
    size_t documents;
    OutputFile::Written written;
  };

  std::shared_ptr<OutputFile> file_;  // with the thread
  base::WriteThread& writes_;
  std::map<uint32_t, size_t> writing_;  // documents of each batch, by slot
  std::vector<Written> written_;
  bool closing_ = false;
  bool is_finished_ = false;
  Result<void> finished_;
};

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_STREAM_SINK_H_
