// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/huge_pages.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cctype>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

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

// The huge pages inside of a private mapping of data.
struct Mapping {
  [[nodiscard]] size_t bytes() const { return end > begin ? end - begin : 0; }

  uintptr_t begin = 0;
  uintptr_t end = 0;
  int protection = PROT_NONE;
  bool is_of_file = false;
  uintptr_t anonymous_bytes = 0;  // of a file's mapping: what isn't the file's any more
};

// `line`: "begin-end rw-p offset device inode …", proc(5). Nothing for what is no private mapping
// of data.
std::optional<Mapping> ParseMapping(const std::string& line) {
  std::istringstream words(line);
  Mapping mapping;
  char dash = 0;
  std::string access;
  std::string offset;
  std::string device;
  uint64_t inode = 0;
  words >> std::hex >> mapping.begin >> dash >> mapping.end >> access >> offset >> device >>
      std::dec >> inode;
  if (!words || (access != "rw-p" && access != "r--p")) return std::nullopt;
  mapping.begin = (mapping.begin + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
  mapping.end = mapping.end / kHugePageBytes * kHugePageBytes;
  mapping.protection = access == "rw-p" ? PROT_READ | PROT_WRITE : PROT_READ;
  mapping.is_of_file = inode != 0;
  return mapping;
}

// Those large enough, from proc(5)'s smaps: a line as ParseMapping() takes it, then "Name: 123 kB".
std::vector<Mapping> MappingsOfData() {
  constexpr std::string_view kAnonymous = "Anonymous:";
  std::vector<Mapping> mappings;
  std::ifstream maps("/proc/self/smaps");
  for (std::string line; std::getline(maps, line);) {
    if (line.starts_with(kAnonymous)) {
      mappings.back().anonymous_bytes = std::stoull(line.substr(kAnonymous.size())) << 10U;
    } else if (std::isxdigit(static_cast<unsigned char>(line[0])) != 0 &&
               line.find('-') < line.find(' ')) {
      mappings.push_back(ParseMapping(line).value_or(Mapping{}));
    }
  }
  std::erase_if(mappings, [](const Mapping& mapping) { return mapping.bytes() == 0; });
  return mappings;
}

void* At(uintptr_t address) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): proc(5) has numbers only
  return reinterpret_cast<void*>(address);
}

// The kernel gathers no mapping of a file, though its pages be copies: an anonymous one takes its
// place. Where that fails, all stays as it is. REQUIRES: one thread.
void CopyIntoHugePages(const Mapping& mapping) {
#ifdef __SANITIZE_ADDRESS__
  static_cast<void>(mapping);  // what lies between variables must not even be read
#else
  const size_t bytes = mapping.bytes();
  void* const room = ::mmap(nullptr, bytes + kHugePageBytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) return;
  const auto begin = reinterpret_cast<uintptr_t>(room);
  void* const copy = At((begin + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes);
  ::madvise(copy, bytes, MADV_HUGEPAGE);
  std::memcpy(copy, At(mapping.begin), bytes);
  if (::mprotect(copy, bytes, mapping.protection) == 0) {
    static_cast<void>(
        ::mremap(copy, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, At(mapping.begin)));
  }
  ::munmap(room, bytes + kHugePageBytes);
#endif
}

}  // namespace

void AllocateInOnePiece() {
  mallopt(M_MMAP_THRESHOLD, kNoMmap);
  mallopt(M_TOP_PAD, kTopPad);
}

void GatherIntoHugePages() {
  mallopt(M_MMAP_THRESHOLD, kUsualMmapThreshold);
  mallopt(M_TOP_PAD, kUsualTopPad);
  for (const Mapping& mapping : MappingsOfData()) {
    if (mapping.is_of_file) {
      if (mapping.anonymous_bytes >= kHugePageBytes) CopyIntoHugePages(mapping);
    } else if (mapping.protection != PROT_READ) {
      ::madvise(At(mapping.begin), mapping.bytes(), MADV_COLLAPSE);
    }
  }
}

}  // namespace espcap::process
