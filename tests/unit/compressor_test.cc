// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/compressor.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "decompressed.h"

namespace espcap::base {
namespace {

using espcap::testing::Decompressed;

std::string Documents(size_t bytes) {
  std::string text;
  for (size_t number = 0; text.size() < bytes; ++number) {
    text += R"({"timestamp":"1439587238915","layers":{"frame":{"frame_frame_number":")" +
            std::to_string(number) + "\"}}}\n";
  }
  return text;
}

std::string Noise(size_t bytes) {
  std::mt19937 random(7);
  std::string text(bytes, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

std::string Compressed(Compressor& compressor, std::string_view text, size_t piece_bytes) {
  std::string whole;
  std::vector<char> out(piece_bytes);
  compressor.Begin(text);
  for (bool is_last = false; !is_last;) {
    const auto piece = compressor.Next(out);
    if (!piece) throw std::runtime_error(piece.error().message);
    EXPECT_TRUE(piece->is_last || piece->bytes == piece_bytes);
    whole.append(out.data(), piece->bytes);
    is_last = piece->is_last;
  }
  return whole;
}

class CompressorTest : public ::testing::TestWithParam<Compression> {
 protected:
  const std::unique_ptr<Compressor> compressor_ = Compressor::Make(GetParam());
};

INSTANTIATE_TEST_SUITE_P(Each, CompressorTest,
                         ::testing::Values(Compression::kGzip, Compression::kZstd),
                         [](const auto& compression) {
                           return compression.param == Compression::kGzip ? "gzip" : "zstd";
                         });

TEST_P(CompressorTest, TextsOfEverySizeComeBack) {
  const std::string documents = Documents(3'000'000);
  const std::string noise = Noise(3'000'000);
  for (const size_t bytes :
       {0U, 1U, 2U, 17U, 300U, 4096U, 65535U, 65536U, 1'000'003U, 2'999'999U}) {
    for (const std::string& all : {documents, noise}) {
      const std::string text = all.substr(0, bytes);
      for (const size_t piece_bytes : {100U, 65536U, 4'000'000U}) {
        SCOPED_TRACE(::testing::Message() << bytes << " in pieces of " << piece_bytes);
        EXPECT_EQ(Decompressed(GetParam(), Compressed(*compressor_, text, piece_bytes)) == text,
                  true);
      }
    }
  }
}

TEST_P(CompressorTest, DocumentsShrinkAndNoiseHardlyGrows) {
  constexpr size_t kBytes = 1'000'000;
  EXPECT_LT(Compressed(*compressor_, Documents(kBytes), 65536).size(), kBytes / 10);
  EXPECT_LT(Compressed(*compressor_, Noise(kBytes), 65536).size(), kBytes * 1002 / 1000);
}

TEST_P(CompressorTest, WhatFitsExactlyIsTakenAndOneByteLessIsNot) {
  const std::string text = Documents(200'000);
  std::vector<char> out(text.size());
  const auto bytes = compressor_->Compress(text, out);
  ASSERT_TRUE(bytes);
  const std::string whole(out.data(), *bytes);
  EXPECT_EQ(compressor_->Compress(text, std::span(out).first(*bytes)), bytes);
  EXPECT_EQ(Decompressed(GetParam(), {out.data(), *bytes}), text);
  for (const size_t too_few : {*bytes - 1, *bytes - 4, *bytes / 2, size_t{1}, size_t{0}}) {
    EXPECT_EQ(compressor_->Compress(text, std::span(out).first(too_few)), std::nullopt) << too_few;
  }
  // What was given up leaves nothing behind.
  ASSERT_EQ(compressor_->Compress(text, out), bytes);
  EXPECT_EQ(std::string(out.data(), *bytes), whole);
}

TEST_P(CompressorTest, NothingIsWrittenBeyondTheRoom) {
  const std::string text = Noise(100'000);
  for (size_t room = 1; room < 100'000; room += 7919) {
    std::vector<char> out(room + 64, '#');
    EXPECT_FALSE(compressor_->Compress(text, std::span(out).first(room)));
    EXPECT_EQ(std::string(out.data() + room, 64), std::string(64, '#')) << room;
  }
}

TEST_P(CompressorTest, PartsThatAreJoinedAreOneFile) {
  const std::string joined = Compressed(*compressor_, "one\n", 100) +
                             Compressed(*compressor_, "", 100) +
                             Compressed(*compressor_, "two\n", 100);
  EXPECT_EQ(Decompressed(GetParam(), joined), "one\ntwo\n");
}

}  // namespace
}  // namespace espcap::base
