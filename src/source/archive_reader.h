// SPDX-License-Identifier: GPL-2.0-or-later
//
// The files in an archive (zip, tar, compressed or not), or what a compressed file holds, one after
// another. Archives in archives stay packed. libarchive parses hostile bytes: in a process that can
// do little else. Single-threaded.
#ifndef ESPCAP_SOURCE_ARCHIVE_READER_H_
#define ESPCAP_SOURCE_ARCHIVE_READER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "espcap/result.h"

struct archive;

namespace espcap::source {

enum class Packing : uint8_t {
  kNone,
  kCompressed,  // libwiretap reads it, if it is one capture
  kPacked       // it must be unpacked first
};

// What a file's first bytes say; 512 are enough.
Packing PackingOf(std::span<const uint8_t> head);
// None of what can't be read.
Packing PackingOfFile(const std::string& path);

struct UnpackLimits {
  uint64_t member_bytes = 0;
  uint32_t members = 65'536;
  // More than this many times the packed file, and this size, is a bomb.
  uint64_t ratio = 1000;
  uint64_t free_bytes = uint64_t{64} << 20U;
};

class ArchiveReader {
 public:
  static Result<std::unique_ptr<ArchiveReader>> Open(const std::string& path, UnpackLimits limits);

  // False: there is none left.
  Result<bool> Next();
  // Of the file that Next() has come to; empty: what the compressed file holds.
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string place() const { return name_.empty() ? path_ : path_ + '/' + name_; }
  // Once for each. What could be unpacked before an error is written.
  Result<void> UnpackTo(int fd);
  // Of this file, so far.
  [[nodiscard]] uint64_t unpacked_bytes() const { return unpacked_bytes_; }

 private:
  struct Free {
    void operator()(archive* handle) const;
  };

  ArchiveReader(std::string path, UnpackLimits limits) : path_(std::move(path)), limits_(limits) {}
  Result<void> Begin();
  [[nodiscard]] std::string Reason() const;

  std::string path_;
  UnpackLimits limits_;
  std::unique_ptr<archive, Free> handle_;
  std::string name_;
  uint32_t members_ = 0;
  uint64_t unpacked_bytes_ = 0;
  uint64_t all_bytes_ = 0;  // of all members
  uint64_t most_bytes_ = 0;
};

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_ARCHIVE_READER_H_
