// SPDX-License-Identifier: GPL-2.0-or-later
#include "espcap/byte_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace espcap {
namespace {

TEST(ByteBuffer, StartsEmptyWithoutMemory) {
  const ByteBuffer buffer;
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.capacity(), 0U);
  EXPECT_EQ(buffer.view(), "");
}

TEST(ByteBuffer, KeepsWhatWasAppendedWhileItGrows) {
  ByteBuffer buffer;
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string piece = std::to_string(i);
    buffer.Append(piece);
    buffer.Append('\0');
    expected += piece + '\0';
  }
  EXPECT_EQ(buffer.view(), expected);
}

TEST(ByteBuffer, GrowsSeldom) {
  ByteBuffer buffer;
  size_t growths = 0;
  size_t capacity = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    buffer.Append('x');
    if (buffer.capacity() != capacity) ++growths;
    capacity = buffer.capacity();
  }
  EXPECT_LE(growths, 21U);  // 2^20 > 1,000,000
}

TEST(ByteBuffer, ReservesOnceForAKnownBound) {
  ByteBuffer buffer(100);
  const char* const memory = buffer.data();
  buffer.Append(std::string(100, 'x'));
  EXPECT_EQ(buffer.data(), memory);
  EXPECT_EQ(buffer.capacity(), 100U);
}

TEST(ByteBuffer, ReserveKeepsContentAndNeverShrinks) {
  ByteBuffer buffer;
  buffer.Append("kept");
  buffer.Reserve(1000);
  EXPECT_EQ(buffer.capacity(), 1000U);
  EXPECT_EQ(buffer.view(), "kept");
  buffer.Reserve(10);
  EXPECT_EQ(buffer.capacity(), 1000U);
}

TEST(ByteBuffer, CommitsAsMuchOfAClaimAsWasWritten) {
  ByteBuffer buffer;
  buffer.Append("ab");
  char* out = buffer.Claim(100);
  EXPECT_GE(buffer.capacity(), 102U);
  EXPECT_EQ(buffer.view(), "ab");  // a claim alone adds nothing
  std::copy_n("cde", 3, out);
  buffer.Commit(out + 2);
  EXPECT_EQ(buffer.view(), "abcd");
}

TEST(ByteBuffer, AClaimLargerThanTwiceTheCapacityIsMet) {
  ByteBuffer buffer(4);
  buffer.Append("abc");
  std::memset(buffer.Claim(1000), 'x', 1000);
  EXPECT_GE(buffer.capacity(), 1003U);
  EXPECT_EQ(buffer.view(), "abc");
}

TEST(ByteBuffer, TruncatesAndGoesOnFromThere) {
  ByteBuffer buffer;
  buffer.Append("documents");
  buffer.Truncate(3);
  buffer.Append("k");
  EXPECT_EQ(buffer.view(), "dock");
}

TEST(ByteBuffer, OverwritesInPlace) {
  ByteBuffer buffer;
  buffer.Append("abc");
  buffer.Overwrite(0, 'x');
  buffer.Overwrite(2, 'z');
  EXPECT_EQ(buffer.view(), "xbz");
}

TEST(ByteBuffer, InsertsAnywhere) {
  ByteBuffer buffer(3);
  buffer.Append("bcd");
  buffer.Insert(0, 'a');
  buffer.Insert(2, '-');
  buffer.Insert(5, 'e');
  EXPECT_EQ(buffer.view(), "ab-cde");
}

TEST(ByteBuffer, ClearKeepsTheMemory) {
  ByteBuffer buffer;
  buffer.Append("something");
  const size_t capacity = buffer.capacity();
  const char* const memory = buffer.data();
  buffer.Clear();
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.capacity(), capacity);
  EXPECT_EQ(buffer.data(), memory);
}

TEST(ByteBuffer, SwapsItsMemory) {
  ByteBuffer full;
  full.Append("full");
  ByteBuffer other;
  other.Append("a longer text");
  std::swap(full, other);
  full.Append('!');
  EXPECT_EQ(full.view(), "a longer text!");
  EXPECT_EQ(other.view(), "full");
}

}  // namespace
}  // namespace espcap
