// SPDX-License-Identifier: GPL-2.0-or-later
//
// One segment file and what waits in it. Owned by the spool, used by one thread. It is open while
// it is written or read; a file that somebody has removed meanwhile stays readable.
#ifndef ESPCAP_SPOOL_SEGMENT_FILE_H_
#define ESPCAP_SPOOL_SEGMENT_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "spool/segment_format.h"

namespace espcap::spool {

class SegmentFile {
 public:
  explicit SegmentFile(const SegmentId& id) : id_(id), name_(SegmentName(id)) {}

  // Makes the file, empty. `directory` is open.
  Result<void> Create(int directory);

  // Opens the file for reading and writing, unless it is open. kGone: there is none of this name,
  // or it is no file.
  enum class Presence { kThere, kGone };
  Result<Presence> Open(int directory);
  void Close() { file_ = {}; }

  // Writes behind what is there. After an error nothing of it is in the file, unless it can't be
  // cut either; then the next call tries again before it writes.
  Result<void> Append(std::string_view bytes);
  // Writes over what is there.
  Result<void> Overwrite(uint64_t begin, std::string_view bytes);
  // Takes away what is behind `end`.
  Result<void> Cut(uint64_t end);
  [[nodiscard]] Result<void> Sync() const;
  // Nobody would find it again.
  [[nodiscard]] bool IsRemoved() const;

  // A record more, or less, that waits.
  void Add(uint64_t documents) { ++records_, documents_ += documents; }
  void Remove(uint64_t documents) { --records_, documents_ -= documents; }
  void Clear() { records_ = documents_ = 0; }

  [[nodiscard]] const SegmentId& id() const { return id_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] int file() const { return file_.get(); }
  [[nodiscard]] uint64_t bytes() const { return bytes_; }
  [[nodiscard]] uint64_t records() const { return records_; }
  [[nodiscard]] uint64_t documents() const { return documents_; }

 private:
  SegmentId id_;
  std::string name_;
  base::FileDescriptor file_;
  uint64_t bytes_ = 0;
  bool must_be_cut_ = false;  // something half written lies behind them
  uint64_t records_ = 0;      // neither settled nor lost
  uint64_t documents_ = 0;    // of these
};

}  // namespace espcap::spool

#endif  // ESPCAP_SPOOL_SEGMENT_FILE_H_
