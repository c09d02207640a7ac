// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/capture_batch.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "process/shared_file.h"

namespace espcap::retrieve {

Result<base::FileDescriptor> MemoryFile(std::span<const std::string_view> parts) {
  auto file = process::MakeFileOf("espcap-captures", parts);
  if (!file) return file;
  if (auto sealed = process::ForbidChanges(*file); !sealed) return Forward(std::move(sealed));
  ::lseek(file->get(), 0, SEEK_SET);
  return file;
}

Result<std::vector<base::FileDescriptor>> SplitBatch(int file, std::span<const CaptureRow> rows) {
  std::vector<base::FileDescriptor> files;
  std::string bytes;
  off_t offset = 0;
  for (const CaptureRow& row : rows) {
    bytes.resize(row.bytes);
    const ssize_t count = ::pread(file, bytes.data(), bytes.size(), offset);
    if (count != static_cast<ssize_t>(bytes.size())) {
      return Fail("read a capture: {}", std::generic_category().message(count < 0 ? errno : EIO));
    }
    offset += count;
    const std::array parts = {std::string_view(bytes)};
    auto one = MemoryFile(parts);
    if (!one) return Forward(std::move(one));
    files.push_back(std::move(*one));
  }
  return files;
}

}  // namespace espcap::retrieve
