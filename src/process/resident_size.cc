// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/resident_size.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>

namespace espcap::process {

ResidentSize::ResidentSize() : statm_(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC)) {}

uint64_t ResidentSize::Bytes() const {
  // "size resident shared …", in pages.
  std::array<char, 128> text{};
  const ssize_t count = ::pread(statm_.get(), text.data(), text.size(), 0);
  if (count <= 0) return 0;
  const std::string_view line(text.data(), static_cast<size_t>(count));
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return 0;
  uint64_t pages = 0;
  std::from_chars(line.data() + space + 1, line.data() + line.size(), pages);
  return pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace espcap::process
