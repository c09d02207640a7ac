// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/decompressor.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/compressor.h"

namespace espcap::base {
namespace {

std::string Text(size_t bytes) {
  std::mt19937 random(3);
  std::string text(bytes, '\0');
  for (char& c : text) c = static_cast<char>('a' + random() % 4);
  return text;
}

class DecompressorTest : public ::testing::TestWithParam<Compression> {
 protected:
  static std::string Compressed(std::string_view text) {
    std::vector<char> out(text.size() * 2 + 1000);
    const auto bytes = Compressor::Make(GetParam())->Compress(text, out);
    return {out.data(), bytes.value()};
  }
};

INSTANTIATE_TEST_SUITE_P(Each, DecompressorTest,
                         ::testing::Values(Compression::kGzip, Compression::kZstd),
                         [](const auto& compression) {
                           return compression.param == Compression::kGzip ? "gzip" : "zstd";
                         });

TEST_P(DecompressorTest, TextsOfEverySizeComeBack) {
  for (const size_t bytes : {0U, 1U, 17U, 300U, 4096U, 65536U, 131'072U, 1'000'003U}) {
    const std::string text = Text(bytes);
    const auto back = Decompress(GetParam(), Compressed(text), bytes);
    ASSERT_TRUE(back) << bytes << ": " << back.error().message;
    EXPECT_EQ(*back == text, true) << bytes;
  }
}

TEST_P(DecompressorTest, AnotherSizeIsAnError) {
  const std::string text = Text(5000);
  for (const size_t bytes : {size_t{0}, size_t{4999}, size_t{5001}, size_t{1'000'000}}) {
    EXPECT_FALSE(Decompress(GetParam(), Compressed(text), bytes)) << bytes;
  }
}

TEST_P(DecompressorTest, WhatIsCutOrFollowedBySomethingIsAnError) {
  const std::string text = Text(5000);
  const std::string whole = Compressed(text);
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
    ASSERT_FALSE(Decompress(GetParam(), whole.substr(0, bytes), text.size())) << bytes;
  }
  EXPECT_FALSE(Decompress(GetParam(), whole + "x", text.size()));
  EXPECT_FALSE(Decompress(GetParam(), whole + whole, text.size()));
}

TEST_P(DecompressorTest, ADamagedTextIsNeverTaken) {
  const std::string text = Text(3000);
  const std::string whole = Compressed(text);
  for (size_t byte = 0; byte < whole.size(); ++byte) {
    std::string damaged = whole;
    damaged[byte] = static_cast<char>(damaged[byte] ^ 0x41);
    const auto back = Decompress(GetParam(), damaged, text.size());
    // The bytes of the header that nobody reads: gzip's time and system.
    ASSERT_TRUE(!back || *back == text) << byte;
  }
}

}  // namespace
}  // namespace espcap::base
