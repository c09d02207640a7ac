// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/decompressor.h"

#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <cassert>
#include <cstdint>
#include <limits>
#include <memory>

namespace espcap::base {
namespace {

Result<std::string> InflateMember(std::string_view bytes, size_t text_bytes) {
  constexpr size_t kMaxBytes = std::numeric_limits<uint32_t>::max();
  constexpr size_t kMaxRatio = 1032;  // of deflate: a match of 258 bytes takes two bits or more
  if (bytes.size() > kMaxBytes || text_bytes >= kMaxBytes) return Fail("inflate: too large");
  if (text_bytes / kMaxRatio > bytes.size()) return Fail("inflate: not {} bytes", text_bytes);
  // A byte more than there should be, so that the end of the text is seen.
  std::string text(text_bytes + 1, '\0');
  const auto state = std::make_unique<inflate_state>();
  isal_inflate_init(state.get());
  state->crc_flag = ISAL_GZIP;
  // igzip's input has no const; it is only read.
  state->next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(bytes.data()));
  state->avail_in = static_cast<uint32_t>(bytes.size());
  state->next_out = reinterpret_cast<uint8_t*>(text.data());
  state->avail_out = static_cast<uint32_t>(text.size());
  if (const int code = isal_inflate(state.get()); code != ISAL_DECOMP_OK) {
    return Fail("inflate: igzip answers {}", code);
  }
  if (state->block_state != ISAL_BLOCK_FINISH || state->avail_in != 0 || state->avail_out != 1) {
    return Fail("inflate: not one gzip member of {} bytes", text_bytes);
  }
  text.pop_back();
  return text;
}

Result<std::string> DecompressFrame(std::string_view bytes, size_t text_bytes) {
  if (ZSTD_findFrameCompressedSize(bytes.data(), bytes.size()) != bytes.size()) {
    return Fail("decompress: not one zstd frame");
  }
  if (ZSTD_getFrameContentSize(bytes.data(), bytes.size()) != text_bytes) {
    return Fail("decompress: not {} bytes", text_bytes);
  }
  std::string text(text_bytes, '\0');
  const size_t count = ZSTD_decompress(text.data(), text.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(count) != 0) return Fail("decompress: zstd: {}", ZSTD_getErrorName(count));
  return text;
}

}  // namespace

Result<std::string> Decompress(Compression compression, std::string_view bytes, size_t text_bytes) {
  assert(compression != Compression::kNone);
  return compression == Compression::kGzip ? InflateMember(bytes, text_bytes)
                                           : DecompressFrame(bytes, text_bytes);
}

}  // namespace espcap::base
