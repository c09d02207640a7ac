// SPDX-License-Identifier: GPL-2.0-or-later
//
// Ill-formed UTF-8 in JSON strings: the classes of Unicode's table 3-7 by name, then everything
// else against a reference that knows UTF-8 only as the set of sequences that code points encode
// to.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "../support/random_seed.h"
#include "encode/json_text.h"

namespace espcap::encode {
namespace {

using std::literals::operator""sv;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// The characters between the quotes.
std::string Encoded(std::string_view text) {
  ByteBuffer out;
  AppendJsonString(out, text);
  return std::string(out.view().substr(1, out.size() - 2));
}

TEST(Utf8Repair, WellFormedSequencesStay) {
  const std::string_view sequences[] = {
      "\x7F"sv,  // U+007F, the last of one byte
      "\xC2\x80"sv,
      "\xDF\xBF"sv,  // U+0080, U+07FF
      "\xE0\xA0\x80"sv,
      "\xE0\xBF\xBF"sv,  // U+0800, U+0FFF
      "\xE1\x80\x80"sv,
      "\xEC\xBF\xBF"sv,  // U+1000, U+CFFF
      "\xED\x80\x80"sv,
      "\xED\x9F\xBF"sv,  // U+D000, U+D7FF: before the surrogates
      "\xEE\x80\x80"sv,
      "\xEF\xBF\xBF"sv,  // U+E000, U+FFFF (a noncharacter, yet well-formed)
      "\xEF\xBF\xBD"sv,  // U+FFFD itself
      "\xEF\xBB\xBF"sv,  // a byte order mark
      "\xE2\x80\xA8"sv,  // U+2028, a line end to JavaScript alone
      "\xF0\x90\x80\x80"sv,
      "\xF0\xBF\xBF\xBF"sv,  // U+10000, U+3FFFF
      "\xF1\x80\x80\x80"sv,
      "\xF3\xBF\xBF\xBF"sv,  // U+40000, U+FFFFF
      "\xF4\x80\x80\x80"sv,
      "\xF4\x8F\xBF\xBF"sv,  // U+100000, U+10FFFF
      "Gr\xC3\xBC\xC3\x9F"
      "e \xF0\x9F\x98\x80!"sv,
  };
  for (const std::string_view sequence : sequences) EXPECT_EQ(Encoded(sequence), sequence);
}

TEST(Utf8Repair, EachMaximalIllFormedSubsequenceBecomesOneReplacement) {
  struct Case {
    const char* what;
    std::string_view bytes;
    const char* shape;  // '?' for U+FFFD, other characters for themselves
  };
  const Case cases[] = {
      {"a lone continuation", "\x80"sv, "?"},
      {"two of them", "\xBF\x80"sv, "??"},
      {"overlong, two bytes", "\xC0\x80"sv, "??"},
      {"overlong, two bytes, up to U+007F", "\xC1\xBF"sv, "??"},
      {"overlong, three bytes", "\xE0\x80\x80"sv, "???"},
      {"overlong, three bytes, up to U+07FF", "\xE0\x9F\xBF"sv, "???"},
      {"overlong, four bytes", "\xF0\x80\x80\x80"sv, "????"},
      {"overlong, four bytes, up to U+FFFF", "\xF0\x8F\xBF\xBF"sv, "????"},
      {"the first surrogate", "\xED\xA0\x80"sv, "???"},
      {"the last surrogate", "\xED\xBF\xBF"sv, "???"},
      {"a surrogate pair (CESU-8)", "\xED\xA1\x8D\xED\xBC\xB4"sv, "??????"},
      {"beyond U+10FFFF", "\xF4\x90\x80\x80"sv, "????"},
      {"a lead that leads nowhere", "\xF5\x80\x80\x80"sv, "????"},
      {"five bytes", "\xF8\x88\x80\x80\x80"sv, "?????"},
      {"bytes that are never used", "\xFE\xFF"sv, "??"},
      {"cut off after one of two", "\xC2"sv, "?"},
      {"cut off after one of three", "\xE2"sv, "?"},
      {"cut off after two of three", "\xE2\x82"sv, "?"},
      {"cut off after one of four", "\xF4"sv, "?"},
      {"cut off after two of four", "\xF0\x9F"sv, "?"},
      {"cut off after three of four", "\xF0\x9F\x98"sv, "?"},
      {"two bytes, then a letter",
       "\xC2"
       "A"sv,
       "?A"},
      {"three bytes, then a letter",
       "\xE2\x82"
       "A"sv,
       "?A"},
      {"four bytes, then a letter",
       "\xF1\x80\x80"
       "A"sv,
       "?A"},
      {"a lead, then letters",
       "\xF0"
       "AB"sv,
       "?AB"},
      {"a lead before a lead", "\xC2\xC2"sv, "??"},
      {"between letters",
       "a\x80"
       "b\xE2\x82"
       "c"sv,
       "a?b?c"},
      {"a quote within a sequence", "\xE2\"\x82"sv, "?\\\"?"},
      {"a line end within a sequence", "\xF0\x9F\n"sv, "?\\n"},
      {"a slash within a sequence", "<\xE2/"sv, "<?/"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    std::string expected;
    for (const char* shape = c.shape; *shape != '\0'; ++shape) {
      if (*shape == '?') {
        expected += kReplacement;
      } else {
        expected += *shape;
      }
    }
    EXPECT_EQ(Encoded(c.bytes), expected);
  }
}

TEST(Utf8Repair, GoesOnAfterAnIllFormedSequence) {
  const std::string copyright = "\xC2\xA9";
  const std::string replacement(kReplacement);
  EXPECT_EQ(Encoded("\xC2\xC2\xA9"), replacement + copyright);
  EXPECT_EQ(Encoded("\xF0\x9F\xC2\xA9"), replacement + copyright);
  EXPECT_EQ(Encoded("\xED\xF0\x90\x80\x80"), replacement + "\xF0\x90\x80\x80");
}

// Reads only what lies inside the text, whatever its last bytes promise.
TEST(Utf8Repair, StopsAtTheEndOfTheText) {
  const std::string text = "\xF0\x9F\x98\x80";
  EXPECT_EQ(Encoded(std::string_view(text).substr(0, 3)), kReplacement);
}

class Reference {
 public:
  Reference() {
    for (uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
      if (code_point >= 0xD800 && code_point <= 0xDFFF) continue;
      uint32_t packed = Pack(code_point);
      sequences_.push_back(packed);  // ascending, as UTF-8 sorts like its code points
      while ((packed >>= 8U) != 0) beginnings_.insert(packed);
    }
  }

  [[nodiscard]] std::string Repair(std::string_view text) const {
    std::string repaired;
    while (!text.empty()) {
      size_t length = Longest(text, [this](uint32_t packed) {
        return std::binary_search(sequences_.begin(), sequences_.end(), packed);
      });
      if (length != 0) {
        repaired += text.substr(0, length);
      } else {
        repaired += kReplacement;
        length = std::max<size_t>(
            1, Longest(text, [this](uint32_t packed) { return beginnings_.contains(packed); }));
      }
      text.remove_prefix(length);
    }
    return repaired;
  }

 private:
  static uint32_t Pack(uint32_t code_point) {
    const auto tail = [code_point](unsigned shift) {
      return (0x80U | (code_point >> shift & 0x3FU)) << shift / 6 * 8;
    };
    if (code_point < 0x80) return code_point;
    if (code_point < 0x800) return (0xC0U | code_point >> 6U) << 8U | tail(0);
    if (code_point < 0x10000) return (0xE0U | code_point >> 12U) << 16U | tail(6) | tail(0);
    return (0xF0U | code_point >> 18U) << 24U | tail(12) | tail(6) | tail(0);
  }

  // How many of the text's first four bytes make something that `is_known`; 0 where none do.
  template <class IsKnown>
  static size_t Longest(std::string_view text, IsKnown is_known) {
    size_t longest = 0;
    uint32_t packed = 0;
    for (size_t i = 0; i < std::min<size_t>(4, text.size()); ++i) {
      packed = packed << 8U | static_cast<uint8_t>(text[i]);
      // A NUL before it packs to the same number.
      if ((i == 0 || packed >> (8 * i) != 0) && is_known(packed)) longest = i + 1;
    }
    return longest;
  }

  std::vector<uint32_t> sequences_;
  std::set<uint32_t> beginnings_;
};

std::string Decoded(std::string_view text) {
  ByteBuffer out;
  AppendJsonString(out, text);
  return nlohmann::json::parse(out.view()).get<std::string>();
}

class Utf8RepairDifferential : public ::testing::Test {
 protected:
  // `repaired`: how our string reads once its escapes are undone.
  void ExpectAsReference(const std::string& text, const std::string& repaired) {
    if (repaired != reference_.Repair(text)) {
      ADD_FAILURE() << "bytes " << nlohmann::json(std::vector<uint8_t>(text.begin(), text.end()));
    }
  }

 private:
  const Reference reference_;
};

TEST_F(Utf8RepairDifferential, EveryPairOfBytes) {
  for (unsigned first = 0; first < 0x100; ++first) {
    for (unsigned second = 0; second < 0x100; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      ExpectAsReference(text, Decoded(text));
    }
  }
}

// The edges of every range in table 3-7, in every order.
TEST_F(Utf8RepairDifferential, EveryFourBytesAtTheEdgesOfRanges) {
  constexpr auto kEdges =
      "A\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xED\xEF\xF0\xF1\xF4\xF5\xFF"sv;
  for (const char a : kEdges) {
    for (const char b : kEdges) {
      for (const char c : kEdges) {
        for (const char d : kEdges) {
          const std::string text = {a, b, c, d};
          ExpectAsReference(text, Encoded(text));  // none of them is escaped
        }
      }
    }
  }
}

TEST_F(Utf8RepairDifferential, RandomTexts) {
  constexpr std::string_view kPieces[] = {
      "plain"sv,        "</"sv,       "\""sv,           "\\"sv,
      "\0"sv,           "\xC3\xBC"sv, "\xE2\x82\xAC"sv, "\xF0\x9F\x98\x80"sv,
      "\xED\xA0\x80"sv, "\xE0\x80"sv, "\xF4\x90"sv,     "\xF0\x9F"sv,
      "\xE2\x82"sv,     "\xC2"sv,     "\x80"sv};
  std::mt19937 random(espcap::testing::RandomSeed(20240117));
  const auto below = [&random](size_t bound) { return random() % bound; };
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (size_t pieces = below(24); pieces > 0; --pieces) {
      if (below(2) == 0) {
        text += kPieces[below(std::size(kPieces))];
      } else {
        text += static_cast<char>(below(0x100));
      }
    }
    ExpectAsReference(text, Decoded(text));
  }
}

}  // namespace
}  // namespace espcap::encode
