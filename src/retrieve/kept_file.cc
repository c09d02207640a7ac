// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/kept_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

namespace espcap::retrieve {
namespace {

constexpr size_t kCopyBytes = size_t{256} << 10U;
constexpr uint64_t kLeastSpaceBytes = 16U << 10U;

}  // namespace

Result<base::FileDescriptor> MakeKeptFile(const std::string& folder) {
  constexpr mode_t kReadable = 0644;  // by the process that merges: another user may be it
  base::FileDescriptor file(
      ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.valid() && ::fchmod(file.get(), kReadable) == 0) return file;
  return Fail("keep packets in {}: {}; TMPDIR names another folder", folder,
              std::generic_category().message(errno));
}

Result<void> CheckSpaceOf(const base::FileDescriptor& file) {
  struct statvfs status {};
  if (::fstatvfs(file.get(), &status) != 0) return {};
  if (uint64_t{status.f_bavail} * status.f_frsize >= kLeastSpaceBytes) return {};
  return Fail("keep packets: {}; TMPDIR names another folder",
              std::generic_category().message(ENOSPC));
}

Result<void> EmptyKeptFile(const base::FileDescriptor& file) {
  if (::ftruncate(file.get(), 0) == 0 && ::lseek(file.get(), 0, SEEK_SET) == 0) return {};
  return Fail("keep packets: {}", std::generic_category().message(errno));
}

Result<void> CopyKeptFile(const base::FileDescriptor& file,
                          const std::function<Result<void>(std::string_view bytes)>& write) {
  std::vector<char> bytes(kCopyBytes);
  for (off_t offset = 0;;) {
    const ssize_t count = ::pread(file.get(), bytes.data(), bytes.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Fail("keep packets: {}", std::generic_category().message(errno));
    if (count == 0) return {};
    const auto length = static_cast<size_t>(count);
    if (auto written = write({bytes.data(), length}); !written) return written;
    offset += count;
  }
}

}  // namespace espcap::retrieve
