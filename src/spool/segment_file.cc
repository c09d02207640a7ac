// SPDX-License-Identifier: GPL-2.0-or-later
#include "spool/segment_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace espcap::spool {
namespace {

std::string Reason(int error) { return std::generic_category().message(error); }

// 0, or the error.
int WriteAll(int file, uint64_t begin, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(begin));
    if (count >= 0) {
      bytes.remove_prefix(static_cast<size_t>(count));
      begin += static_cast<uint64_t>(count);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

Result<void> SegmentFile::Create(int directory) {
  constexpr int kFlags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  constexpr mode_t kMode = 0600;
  file_ = base::FileDescriptor(::openat(directory, name_.c_str(), kFlags, kMode));
  if (!file_.valid()) return Fail("create {}: {}", name_, Reason(errno));
  return {};
}

Result<SegmentFile::Presence> SegmentFile::Open(int directory) {
  if (file_.valid()) return Presence::kThere;
  // Not blocking: a pipe of that name would wait for its other end.
  constexpr int kFlags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  base::FileDescriptor file(::openat(directory, name_.c_str(), kFlags));
  if (!file.valid()) {
    if (errno == ENOENT || errno == ELOOP || errno == EISDIR || errno == ENXIO) {
      return Presence::kGone;
    }
    return Fail("open {}: {}", name_, Reason(errno));
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return Fail("open {}: {}", name_, Reason(errno));
  if (!S_ISREG(status.st_mode)) return Presence::kGone;
  bytes_ = static_cast<uint64_t>(status.st_size);
  file_ = std::move(file);
  return Presence::kThere;
}

Result<void> SegmentFile::Append(std::string_view bytes) {
  if (must_be_cut_) {
    if (auto cut = Cut(bytes_); !cut) return cut;
  }
  if (const int error = WriteAll(file_.get(), bytes_, bytes); error != 0) {
    must_be_cut_ = true;
    static_cast<void>(Cut(bytes_));  // if it fails, the next call does it
    return Fail("write {}: {}", name_, Reason(error));
  }
  bytes_ += bytes.size();
  return {};
}

Result<void> SegmentFile::Overwrite(uint64_t begin, std::string_view bytes) {
  if (const int error = WriteAll(file_.get(), begin, bytes); error != 0) {
    return Fail("write {}: {}", name_, Reason(error));
  }
  bytes_ = std::max(bytes_, begin + bytes.size());
  return {};
}

Result<void> SegmentFile::Cut(uint64_t end) {
  if (::ftruncate(file_.get(), static_cast<off_t>(end)) != 0) {
    return Fail("cut {} back to {} bytes: {}", name_, end, Reason(errno));
  }
  must_be_cut_ = false;
  bytes_ = end;
  return {};
}

Result<void> SegmentFile::Sync() const {
  if (::fdatasync(file_.get()) == 0) return {};
  return Fail("sync {}: {}", name_, Reason(errno));
}

bool SegmentFile::IsRemoved() const {
  struct stat status {};
  return ::fstat(file_.get(), &status) == 0 && status.st_nlink == 0;
}

}  // namespace espcap::spool
