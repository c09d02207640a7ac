// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/resident_size.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace espcap::process {

ResidentSize::ResidentSize() : statm_(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC)) {}

MemoryUse ResidentSize::Read() const {
  // "size resident shared text lib data dt", in pages.
  std::array<char, 128> text{};
  const ssize_t count = ::pread(statm_.get(), text.data(), text.size(), 0);
  if (count <= 0) return {};
  std::array<uint64_t, 6> pages{};
  const char* place = text.data();
  const char* const end = text.data() + count;
  for (uint64_t& number : pages) {
    const auto [next, error] = std::from_chars(place, end, number);
    if (error != std::errc()) return {};
    place = std::min(next + 1, end);
  }
  const auto page_bytes = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  const auto [size, resident, shared, code, library, data] = pages;
  return {resident * page_bytes, (resident - std::min(resident, shared)) * page_bytes,
          data * page_bytes};
}

}  // namespace espcap::process
