// SPDX-License-Identifier: GPL-2.0-or-later
#include "consume/message_id.h"

#include <fmt/format.h>
#include <gcrypt.h>

#include <algorithm>
#include <array>
#include <string>

namespace espcap::consume {

// A topic's name has no slash.
Fingerprint MessageId(std::string_view topic, int32_t partition, int64_t offset) {
  constexpr size_t kHashBytes = 32;
  const std::string place = fmt::format("kafka/{}/{}/{}", topic, partition, offset);
  std::array<uint8_t, kHashBytes> hash{};
  gcry_check_version(nullptr);  // initialises the library
  gcry_md_hash_buffer(GCRY_MD_SHA256, hash.data(), place.data(), place.size());
  Fingerprint id{};
  std::copy_n(hash.begin(), id.size(), id.begin());
  return id;
}

}  // namespace espcap::consume
