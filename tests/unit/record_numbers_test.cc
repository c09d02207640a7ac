// SPDX-License-Identifier: GPL-2.0-or-later
#include "document/record_numbers.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace espcap::document {
namespace {

using Numbers = std::vector<uint64_t>;

std::string Written(const Numbers& numbers) {
  ByteBuffer out;
  uint64_t last = 0;
  for (const uint64_t number : numbers) {
    AppendRecordNumber(out, last, number);
    last = number;
  }
  return std::string(out.view());
}

TEST(RecordNumbers, AreReadAsTheyWereWritten) {
  for (const Numbers& numbers :
       {Numbers{}, Numbers{1}, Numbers{1, 2, 3}, Numbers{127, 128, 300, 16'684},
        Numbers{UINT32_MAX, uint64_t{1} << 40U, UINT64_MAX}}) {
    EXPECT_EQ(ParseRecordNumbers(Written(numbers), numbers.size()), numbers);
  }
}

// As docs/forwarding.md has it.
TEST(RecordNumbers, TakeAByteForEachSmallDifference) {
  EXPECT_EQ(Written({7, 8, 308}), "\x07\x01\xAC\x02");
}

TEST(RecordNumbers, AnythingElseIsNone) {
  struct Case {
    std::string_view bytes;
    uint64_t count;
  };
  using std::string_view_literals::operator""sv;
  const Case cases[] = {
      {"\x01"sv, 0},                                          // more bytes
      {"\x01"sv, 2},                                          // fewer
      {"\x80"sv, 1},                                          // no end
      {"\x00"sv, 1},                                          // no number
      {"\x01\x00"sv, 2},                                      // it doesn't rise
      {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x01"sv, 2},  // beyond 64 bits
      {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"sv, 1},
      {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x81\x01"sv, 1},
      {""sv, UINT64_MAX},
  };
  for (const Case& c : cases) {
    EXPECT_FALSE(ParseRecordNumbers(c.bytes, c.count)) << c.count << " in " << c.bytes.size();
  }
}

}  // namespace
}  // namespace espcap::document
