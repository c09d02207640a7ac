// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether a file is complete: nobody has it open for writing any more. The kernel is asked by a
// read lease, which it grants only then; where it can't tell, a file that stays as it is for kQuiet
// counts as complete. What follows from a look at a file is a pure function.
//
// A lease can be had by the file's owner and by CAP_LEASE, on local file systems.
#ifndef ESPCAP_BASE_FILE_WRITERS_H_
#define ESPCAP_BASE_FILE_WRITERS_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

namespace espcap::base {

// How long a file stays the same before it counts as complete, where the kernel can't tell.
inline constexpr std::chrono::milliseconds kQuiet{2000};

enum class Writers : uint8_t {
  kNone,
  kSome,
  kUnknown,  // the kernel doesn't say, or doesn't know of other machines' writers
};

// Tells a file from another, and from itself after a change.
struct FileState {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size_bytes = 0;
  int64_t modified_ns = 0;

  FileState() = default;
  explicit FileState(const struct stat& status);
  bool operator==(const FileState&) const = default;
  bool operator<(const FileState& other) const {
    return std::tie(device, inode, size_bytes, modified_ns) <
           std::tie(other.device, other.inode, other.size_bytes, other.modified_ns);
  }
};

// Tells it from itself under another name, or with other rights, too: equal at two moments, it was
// the same file under that name between them.
struct FileIdentity {
  FileState state;
  int64_t changed_ns = 0;  // when it was renamed, linked, or given other rights last

  FileIdentity() = default;
  explicit FileIdentity(const struct stat& status);
  bool operator==(const FileIdentity&) const = default;
};

// Holds a read lease on an open file while it lives, where it can be had: nobody gets to open the
// file for writing meanwhile.
class ReadLease {
 public:
  explicit ReadLease(int fd);
  ~ReadLease();
  ReadLease(const ReadLease&) = delete;
  ReadLease& operator=(const ReadLease&) = delete;

  // Who has the file open for writing.
  [[nodiscard]] Writers writers() const { return writers_; }

 private:
  int fd_;
  int error_ = 0;
  Writers writers_ = Writers::kUnknown;
};

struct FileLook {
  FileState state;
  Writers writers = Writers::kUnknown;
};

// None where the path is gone, or no regular file. A writer that opens the file in the microseconds
// of the look is held up until its end.
std::optional<FileLook> LookAtFile(const std::string& path);

// What the attempt to get a read lease says: `error` is its errno, 0 where it was granted;
// `file_system` is statfs(2)'s f_type.
Writers WritersFromLease(int error, int64_t file_system);

struct Observation {
  Writers writers = Writers::kUnknown;
  std::chrono::milliseconds unchanged{0};  // since it was noted, or changed last
  std::chrono::milliseconds settle{0};     // so long it has to be, even without writers
  std::chrono::milliseconds last_wait{0};  // what this function said last
};

// How long to wait until the next look; none where the file is complete.
std::optional<std::chrono::milliseconds> WaitUntilNextLook(const Observation& observation);

}  // namespace espcap::base

#endif  // ESPCAP_BASE_FILE_WRITERS_H_
