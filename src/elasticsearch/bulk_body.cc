// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/bulk_body.h"

#include "base/compressor.h"

namespace espcap::elasticsearch {
namespace {

// Empty where it can't be compressed.
std::string Gzip(std::string_view text) {
  constexpr size_t kRoomForHeaders = 4096;  // of the format; its blocks never grow by an eighth
  std::string out(text.size() + text.size() / 8 + kRoomForHeaders, '\0');
  const auto bytes = base::Compressor::Make(Compression::kGzip)->Compress(text, out);
  out.resize(bytes.value_or(0));
  return out;
}

}  // namespace

void BulkBody::Fill(const BulkChunk& chunk, bool compress) {
  bytes_ = TextOf(chunk, gathered_);
  text_bytes_ = bytes_.size();
  const Batch& batch = chunk.batch();
  if (chunk.IsWhole() && batch.compression == Compression::kGzip) {
    bytes_ = batch.compressed;
    is_gzip_ = true;
  } else if (compress) {
    compressed_ = Gzip(bytes_);
    is_gzip_ = !compressed_.empty();
    if (is_gzip_) bytes_ = compressed_;
  }
}

}  // namespace espcap::elasticsearch
