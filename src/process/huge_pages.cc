// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/huge_pages.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>

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

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

void AllocateInOnePiece() {
  mallopt(M_MMAP_THRESHOLD, kNoMmap);
  mallopt(M_TOP_PAD, kTopPad);
}

void GatherIntoHugePages() {
  mallopt(M_MMAP_THRESHOLD, kUsualMmapThreshold);
  mallopt(M_TOP_PAD, kUsualTopPad);
  const std::unique_ptr<std::FILE, CloseFile> maps(std::fopen("/proc/self/maps", "re"));
  if (maps == nullptr) return;
  char line[512];
  while (std::fgets(line, sizeof(line), maps.get()) != nullptr) {
    uintptr_t begin = 0;
    uintptr_t end = 0;
    char access[5] = "";
    unsigned long inode = 0;
    // "begin-end rw-p offset device inode …", proc(5)
    if (std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*x %*s %lu", &begin, &end, access,
                    &inode) != 4) {
      continue;
    }
    if (inode != 0 || std::strcmp(access, "rw-p") != 0) continue;
    begin = (begin + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
    end = end / kHugePageBytes * kHugePageBytes;
    if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_COLLAPSE);
  }
}

}  // namespace espcap::process
