// SPDX-License-Identifier: GPL-2.0-or-later
//
// The text that a Compressor made one gzip member or zstd frame of. No state, any thread.
#ifndef ESPCAP_BASE_DECOMPRESSOR_H_
#define ESPCAP_BASE_DECOMPRESSOR_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "espcap/compression.h"
#include "espcap/result.h"

namespace espcap::base {

// An error where `bytes` are anything but one text of exactly `text_bytes`, whose checksum is
// right. No more memory than that is used, whatever `bytes` are. REQUIRES: compression != kNone.
Result<std::string> Decompress(Compression compression, std::string_view bytes, size_t text_bytes);

}  // namespace espcap::base

#endif  // ESPCAP_BASE_DECOMPRESSOR_H_
