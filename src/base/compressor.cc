// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/compressor.h"

#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <new>

namespace espcap::base {
namespace {

// Level 1 of both is the fastest with a good ratio; ARCHITECTURE.md has the figures.
constexpr int kLevel = 1;

class GzipCompressor : public Compressor {
 public:
  GzipCompressor() {
    isal_deflate_init(&stream_);
    stream_.level = kLevel;
    stream_.level_buf = memory_.data();
    stream_.level_buf_size = static_cast<uint32_t>(memory_.size());
    stream_.end_of_stream = 1;
  }

  void Begin(std::string_view text) override {
    assert(text.size() <= kMaxTextBytes);
    isal_deflate_reset(&stream_);
    stream_.gzip_flag = IGZIP_GZIP;  // writing the header has changed it
    // igzip's input has no const; it is only read.
    stream_.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uint32_t>(text.size());
  }

  Result<Piece> Next(std::span<char> out) override {
    const auto room = static_cast<uint32_t>(std::min(out.size(), kMaxTextBytes));
    stream_.next_out = reinterpret_cast<uint8_t*>(out.data());
    stream_.avail_out = room;
    if (const int code = isal_deflate(&stream_); code != COMP_OK) {
      return Fail("compress: igzip answers {}", code);
    }
    return Piece{room - stream_.avail_out, stream_.internal_state.state == ZSTATE_END};
  }

 private:
  isal_zstream stream_{};
  std::array<uint8_t, ISAL_DEF_LVL1_DEFAULT> memory_{};
};

class ZstdCompressor : public Compressor {
 public:
  ZstdCompressor() : context_(ZSTD_createCCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);  // as the zstd program does
  }

  void Begin(std::string_view text) override {
    ZSTD_CCtx_reset(context_.get(), ZSTD_reset_session_only);
    text_ = {text.data(), text.size(), 0};
  }

  Result<Piece> Next(std::span<char> out) override {
    ZSTD_outBuffer piece = {out.data(), out.size(), 0};
    const size_t left = ZSTD_compressStream2(context_.get(), &piece, &text_, ZSTD_e_end);
    if (ZSTD_isError(left) != 0) return Fail("compress: zstd: {}", ZSTD_getErrorName(left));
    return Piece{piece.pos, left == 0};
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };

  std::unique_ptr<ZSTD_CCtx, Free> context_;
  ZSTD_inBuffer text_{};
};

}  // namespace

std::unique_ptr<Compressor> Compressor::Make(Compression compression) {
  if (compression == Compression::kZstd) return std::make_unique<ZstdCompressor>();
  assert(compression == Compression::kGzip);
  return std::make_unique<GzipCompressor>();
}

std::optional<size_t> Compressor::Compress(std::string_view text, std::span<char> out) {
  if (out.empty()) return std::nullopt;
  Begin(text);
  const auto whole = Next(out);
  if (!whole || !whole->is_last) return std::nullopt;
  return whole->bytes;
}

}  // namespace espcap::base
