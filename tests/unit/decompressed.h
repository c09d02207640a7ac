// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the system's gzip and zstd make of compressed bytes.
#ifndef ESPCAP_TESTS_UNIT_DECOMPRESSED_H_
#define ESPCAP_TESTS_UNIT_DECOMPRESSED_H_

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

#include "espcap/compression.h"
#include "temporary_directory.h"

namespace espcap::testing {

// Throws where the program finds a fault.
inline std::string Decompressed(Compression compression, std::string_view bytes) {
  const TemporaryDirectory directory;
  const std::string path = directory.Write("compressed", bytes);
  const std::string program = compression == Compression::kGzip ? "gzip" : "zstd";
  std::FILE* pipe = ::popen((program + " -dc < " + path).c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("run " + program);
  std::string text;
  std::array<char, 65536> piece{};
  while (const size_t count = std::fread(piece.data(), 1, piece.size(), pipe)) {
    text.append(piece.data(), count);
  }
  if (::pclose(pipe) != 0) throw std::runtime_error(program + " finds a fault");
  return text;
}

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_UNIT_DECOMPRESSED_H_
