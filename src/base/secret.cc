// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/secret.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <new>

namespace espcap::base {
namespace {

size_t WholePages(size_t bytes) {
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

}  // namespace

Secret::Secret(size_t length) : length_(length) {
  const size_t bytes = WholePages(length + 1);
  void* pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  pages_ = {static_cast<char*>(pages), Unmap{bytes}};
  // Not MADV_DONTFORK: a forked process may end by destructors, and these must find pages.
  ::madvise(pages, bytes, MADV_WIPEONFORK);
  ::madvise(pages, bytes, MADV_DONTDUMP);
  ::mlock(pages, bytes);
}

Secret::Secret(std::string_view text) : Secret(text.size()) {
  std::copy(text.begin(), text.end(), pages_.get());
}

void Secret::Shorten(size_t length) {
  assert(length <= length_);
  Wipe(bytes().subspan(length));
  length_ = length;
}

void Secret::Unmap::operator()(char* pages) const {
  Wipe({pages, bytes});
  ::munmap(pages, bytes);
}

void Wipe(std::span<char> bytes) { ::explicit_bzero(bytes.data(), bytes.size()); }

#if __has_cpp_attribute(gnu::zero_call_used_regs)
[[gnu::zero_call_used_regs("all")]]
#endif
[[gnu::noinline]] void
WipeUnusedStack() {
  constexpr size_t kStackBytes = 256UL << 10U;  // far more than reading the arguments uses
  std::array<char, kStackBytes> dead;
  Wipe(dead);
}

void ForbidDumps() { ::prctl(PR_SET_DUMPABLE, 0); }

}  // namespace espcap::base
