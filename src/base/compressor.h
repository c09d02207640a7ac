// SPDX-License-Identifier: GPL-2.0-or-later
//
// Compresses one text after another, each to a gzip member or zstd frame of its own: such parts can
// be joined to a file. Keeps what it needs from one text to the next, at most 2 MiB. Used by one
// thread at a time.
#ifndef ESPCAP_BASE_COMPRESSOR_H_
#define ESPCAP_BASE_COMPRESSOR_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "espcap/compression.h"
#include "espcap/result.h"

namespace espcap::base {

class Compressor {
 public:
  // REQUIRES: compression != kNone.
  static std::unique_ptr<Compressor> Make(Compression compression);

  Compressor() = default;
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  virtual ~Compressor() = default;

  // The text is borrowed until its last piece is there. One that isn't finished is given up.
  // REQUIRES: text.size() <= kMaxTextBytes.
  static constexpr size_t kMaxTextBytes = 0xFFFF'FFFF;
  virtual void Begin(std::string_view text) = 0;

  struct Piece {
    size_t bytes = 0;
    bool is_last = false;
  };
  // Writes the next bytes of the compressed text; fills `out` unless the piece is the last.
  // REQUIRES: Begin(), and no last piece since.
  virtual Result<Piece> Next(std::span<char> out) = 0;

  // All of it at once: the bytes written, or nothing where `out` is too small for them.
  std::optional<size_t> Compress(std::string_view text, std::span<char> out);
};

}  // namespace espcap::base

#endif  // ESPCAP_BASE_COMPRESSOR_H_
