// SPDX-License-Identifier: GPL-2.0-or-later
//
// The files in an archive (zip, tar, compressed or not), or what a compressed file holds, one after
// another. Archives in archives stay packed. libarchive parses hostile bytes: in a process that can
// do little else. Single-threaded.
#ifndef ESPCAP_SOURCE_ARCHIVE_READER_H_
#define ESPCAP_SOURCE_ARCHIVE_READER_H_

#include <cstddef>
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
  // `name`: of the archive in messages, where it isn't its path.
  static Result<std::unique_ptr<ArchiveReader>> Open(const std::string& path, UnpackLimits limits,
                                                     const std::string& name = {});

  // False: there is none left.
  Result<bool> Next();
  // Goes on to the next file of this name; empty: to what the compressed file holds. An error:
  // there is none, or the way to it is too long.
  Result<void> Find(const std::string& name);
  // Of the file that Next() has come to, as a path below the archive: no "..", no '/' before it.
  // Empty: what the compressed file holds.
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string place() const { return name_.empty() ? shown_ : shown_ + '/' + name_; }
  // Once for each. What could be unpacked before an error is written.
  Result<void> UnpackTo(int fd);
  // Of this file, so far.
  [[nodiscard]] uint64_t unpacked_bytes() const { return unpacked_bytes_; }

 private:
  struct Free {
    void operator()(archive* handle) const;
  };

  ArchiveReader(std::string name, UnpackLimits limits) : shown_(std::move(name)), limits_(limits) {}
  Result<void> Begin(const std::string& path);
  Result<void> Pass();
  Result<size_t> ReadBlock(std::span<char> block);
  [[nodiscard]] std::string Reason() const;

  std::string shown_;  // its name in messages
  UnpackLimits limits_;
  std::unique_ptr<archive, Free> handle_;
  std::string name_;
  uint32_t members_ = 0;
  uint64_t unpacked_bytes_ = 0;
  uint64_t all_bytes_ = 0;  // of all members that had to be unpacked
  uint64_t most_bytes_ = 0;
};

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_ARCHIVE_READER_H_
