// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/huge_pages.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25  // Linux 6.1
#endif

namespace espcap::process {
namespace {

constexpr uintptr_t kHugePageBytes = uintptr_t{2} << 20U;

// mallopt(3).
constexpr int kNoMmap = 1 << 30;
constexpr int kUsualMmapThreshold = 32 << 20;  // what glibc's own comes to
constexpr int kTopPad = 16 << 20;
constexpr int kUsualTopPad = 128 << 10;

struct Range {
  uintptr_t begin = 0;
  uintptr_t end = 0;
};

// The huge pages inside of a mapping that is anonymous, private and writable; empty for any other.
// `line`: "begin-end rw-p offset device inode …", proc(5).
Range HugePagesOf(const std::string& line) {
  std::istringstream words(line);
  Range range;
  char dash = 0;
  std::string access;
  std::string offset;
  std::string device;
  uint64_t inode = 0;
  words >> std::hex >> range.begin >> dash >> range.end >> access >> offset >> device >> std::dec >>
      inode;
  if (!words || inode != 0 || access != "rw-p") return {};
  return {(range.begin + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes,
          range.end / kHugePageBytes * kHugePageBytes};
}

}  // namespace

void AllocateInOnePiece() {
  mallopt(M_MMAP_THRESHOLD, kNoMmap);
  mallopt(M_TOP_PAD, kTopPad);
}

void GatherIntoHugePages() {
  mallopt(M_MMAP_THRESHOLD, kUsualMmapThreshold);
  mallopt(M_TOP_PAD, kUsualTopPad);
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const Range range = HugePagesOf(line);
    if (range.begin >= range.end) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): proc(5) has numbers only
    ::madvise(reinterpret_cast<void*>(range.begin), range.end - range.begin, MADV_COLLAPSE);
  }
}

}  // namespace espcap::process
