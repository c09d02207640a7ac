// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/shared_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/write_all.h"

namespace espcap::process {
namespace {

auto Failed(int error = errno) {
  return Fail("share memory between processes: {}", std::generic_category().message(error));
}

}  // namespace

Result<base::FileDescriptor> MakeSharedFile(const char* name, size_t bytes) {
  base::FileDescriptor file(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  constexpr int kSeals = F_SEAL_GROW | F_SEAL_SHRINK;
  if (!file.valid() || ::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0 ||
      ::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) {
    return Failed();
  }
  return file;
}

Result<base::FileDescriptor> MakeGrowingFile(const char* name) {
  base::FileDescriptor file(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file.valid()) return Failed();
  return file;
}

Result<base::FileDescriptor> MakeFileOf(const char* name, std::span<const std::string_view> parts) {
  auto file = MakeGrowingFile(name);
  if (!file) return file;
  for (const std::string_view part : parts) {
    if (const int error = base::WriteAll(file->get(), part); error != 0) return Failed(error);
  }
  return file;
}

Result<void> ForbidChanges(const base::FileDescriptor& file) {
  constexpr int kSeals = F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_WRITE | F_SEAL_SEAL;
  if (::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) return Failed();
  return {};
}

Result<void> ForbidNewWriters(const base::FileDescriptor& file) {
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_FUTURE_WRITE) != 0) return Failed();
  return {};
}

Result<char*> MapShared(int file, size_t bytes, int protection) {
  void* memory = ::mmap(nullptr, bytes, protection, MAP_SHARED | MAP_NORESERVE, file, 0);
  if (memory == MAP_FAILED) return Failed();
  return static_cast<char*>(memory);
}

}  // namespace espcap::process
