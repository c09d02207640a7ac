// SPDX-License-Identifier: GPL-2.0-or-later
//
// How a batch can be compressed.
#ifndef ESPCAP_COMPRESSION_H_
#define ESPCAP_COMPRESSION_H_

#include <cstdint>

namespace espcap {

enum class Compression : uint32_t {
  kNone,
  kGzip,  // a batch is one member (RFC 1952)
  kZstd,  // a batch is one frame (RFC 8878)
};

}  // namespace espcap

#endif  // ESPCAP_COMPRESSION_H_
