// SPDX-License-Identifier: GPL-2.0-or-later
//
// The frames of a capture that the run takes: those the capture filter matches, up to a limit.
#ifndef ESPCAP_SOURCE_FRAME_READER_H_
#define ESPCAP_SOURCE_FRAME_READER_H_

#include <atomic>
#include <cstdint>
#include <optional>

#include "espcap/result.h"
#include "source/capture_filter.h"
#include "source/duplicates.h"
#include "source/file_source.h"

namespace espcap::source {

class FrameReader {
 public:
  // Borrows both; `filter` may be null. `limit` 0 is none.
  FrameReader(FileSource& source, CaptureFilter* filter, uint64_t limit)
      : source_(source), filter_(filter), limit_(limit) {}

  // Moves the source to the next frame; false at the end or the limit.
  Result<bool> Next() {
    if (limit_ != 0 && frame_number_ == limit_) return false;
    for (;;) {
      if (work_ != nullptr) work_->fetch_add(1, std::memory_order_relaxed);
      auto read = source_.Next();
      if (!read || !*read) return read;
      if (filter_ != nullptr) {
        auto matches = filter_->Matches(source_.record());
        if (!matches) return matches;
        if (!*matches) continue;
      }
      ++frame_number_;
      FindDuplicate();
      return true;
    }
  }

  // Raises this number for each record, taken or not.
  void CountWorkIn(std::atomic<uint64_t>& work) { work_ = &work; }

  // The next frame's number is the one after this. REQUIRES: no limit.
  void ContinueAfter(uint32_t frame_number) { frame_number_ = frame_number; }

  // From the first frame on.
  void FindDuplicates(const DuplicateOptions& options) { duplicates_.emplace(options); }
  // The frame is equal to one shortly before; false where they aren't looked for.
  [[nodiscard]] bool is_duplicate() const { return is_duplicate_; }

  // Counted from 1 over the frames taken, as if only they had been captured.
  [[nodiscard]] uint32_t frame_number() const { return frame_number_; }

 private:
  void FindDuplicate() {
    const wireshark::Record& record = source_.record();
    is_duplicate_ = duplicates_ && record.rec().rec_type == REC_TYPE_PACKET &&
                    duplicates_->CheckAndAdd(record.packet_bytes(), record.time_ns());
  }

  FileSource& source_;
  CaptureFilter* filter_;
  uint64_t limit_;
  uint32_t frame_number_ = 0;
  std::atomic<uint64_t>* work_ = nullptr;
  std::optional<DuplicateFinder> duplicates_;
  bool is_duplicate_ = false;
};

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_FRAME_READER_H_
