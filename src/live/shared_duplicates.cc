// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/shared_duplicates.h"

#include <gcrypt.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace espcap::live {

using source::FrameDigest;

Result<std::unique_ptr<SharedDuplicates>> SharedDuplicates::Create(
    const source::DuplicateOptions& options) {
  gcry_check_version(nullptr);
  void* memory =
      ::mmap(nullptr, sizeof(Table), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return Fail("share memory between capture processes: {}",
                std::generic_category().message(errno));
  }
  return std::unique_ptr<SharedDuplicates>(
      new SharedDuplicates(options, static_cast<Table*>(memory)));
}

SharedDuplicates::~SharedDuplicates() { ::munmap(table_, sizeof(Table)); }

SharedDuplicates::Set& SharedDuplicates::SetOf(const FrameDigest& digest) const {
  uint64_t bits = 0;
  std::memcpy(&bits, digest.data(), sizeof(bits));
  return table_->sets[bits % kSets];
}

bool SharedDuplicates::Has(const FrameDigest& digest, int64_t time_ns) const {
  const Set& set = SetOf(digest);
  return std::any_of(set.begin(), set.end(), [&](const Frame& frame) {
    if (!frame.is_used || frame.digest != digest) return false;
    const auto [earlier, later] = std::minmax(frame.time_ns, time_ns);
    return later - earlier <= options_.window.count();
  });
}

void SharedDuplicates::Remember(const FrameDigest& digest, int64_t time_ns) const {
  Set& set = SetOf(digest);
  auto* const earliest =
      std::min_element(set.begin(), set.end(), [](const Frame& a, const Frame& b) {
        return a.is_used != b.is_used ? !a.is_used : a.time_ns < b.time_ns;
      });
  *earliest = {digest, time_ns, true};
}

}  // namespace espcap::live
