// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/json_text.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "encode/digits.h"

namespace espcap::encode {
namespace {

using std::literals::operator""sv;  // NOLINT(misc-unused-using-decls): it is used

std::string JsonString(std::string_view text) {
  ByteBuffer out;
  AppendJsonString(out, text);
  return std::string(out.view());
}

std::string JsonStringWithNuls(std::string_view text) {
  ByteBuffer out;
  AppendJsonStringWithNuls(out, text);
  return std::string(out.view());
}

template <class Append>
std::string Appended(Append append) {
  ByteBuffer out;
  append(out);
  return std::string(out.view());
}

template <class Write>
std::string Written(Write write) {
  ByteBuffer out;
  out.Commit(write(out.Claim(kMaxDecimalDigits + 1 + kDigitSlack)));
  return std::string(out.view());
}

TEST(JsonString, EscapesEveryControlCharacter) {
  for (unsigned byte = 0; byte < 0x20; ++byte) {
    std::string escape;
    switch (byte) {
      case 0x08:
        escape = R"(\b)";
        break;
      case 0x09:
        escape = R"(\t)";
        break;
      case 0x0A:
        escape = R"(\n)";
        break;
      case 0x0C:
        escape = R"(\f)";
        break;
      case 0x0D:
        escape = R"(\r)";
        break;
      default:
        escape = fmt::format(R"(\u{:04x})", byte);
    }
    const std::string text = {'a', static_cast<char>(byte), 'b'};
    EXPECT_EQ(JsonString(text), "\"a" + escape + "b\"");
    EXPECT_EQ(nlohmann::json::parse(JsonString(text)).get<std::string>(), text);
  }
}

TEST(JsonString, EscapesWhatEndsAStringAndNothingElse) {
  struct Case {
    std::string_view text;
    std::string_view json;
  };
  const Case cases[] = {
      {"", R"("")"},
      {"plain text", R"("plain text")"},
      {R"(say "so")", R"("say \"so\"")"},
      {R"(C:\dir\)", R"("C:\\dir\\")"},
      {R"(\")", R"("\\\"")"},
      {"'`&>=", R"("'`&>=")"},
      {"\x7F", "\"\x7F\""},
      {"\n\n", R"("\n\n")"},
      {"a\tb", R"("a\tb")"},
  };
  for (const Case& c : cases) EXPECT_EQ(JsonString(c.text), c.json);
}

TEST(JsonString, EscapesASlashOnlyAfterALessThan) {
  struct Case {
    std::string_view text;
    std::string_view json;
  };
  const Case cases[] = {
      {"</script>", R"("<\/script>")"},
      {"<</", R"("<<\/")"},
      {"<//", R"("<\//")"},
      {"a/b", R"("a/b")"},
      {"/", R"("/")"},
      {"<", R"("<")"},
      {"< /", R"("< /")"},
      {"/<", R"("/<")"},
      {"<\n/", R"("<\n/")"},
      {"</</", R"("<\/<\/")"},
  };
  for (const Case& c : cases) EXPECT_EQ(JsonString(c.text), c.json);
}

TEST(JsonString, LooksAtNothingBeforeTheText) {
  EXPECT_EQ(JsonString(std::string_view("</").substr(1)), R"("/")");
}

TEST(JsonString, AppendsToWhatIsThere) {
  ByteBuffer out;
  out.Append("[");
  AppendJsonString(out, "</\x80\"");
  out.Append("]");
  EXPECT_EQ(out.view(), "[\"<\\/\xEF\xBF\xBD\\\"\"]");
}

TEST(JsonStringWithNuls, ShowsNulsAsLibwiresharkDoes) {
  struct Case {
    std::string_view text;
    std::string_view json;
  };
  const Case cases[] = {
      {""sv, R"("")"},           {"\0"sv, R"("\\0")"},     {"a\0b"sv, R"("a\\0b")"},
      {"\0\0"sv, R"("\\0\\0")"}, {"a\0"sv, R"("a\\0")"},   {"\0\"\0\n"sv, R"("\\0\"\\0\n")"},
      {"</"sv, R"("<\/")"},      {"<\0/"sv, R"("<\\0/")"}, {"no nul"sv, R"("no nul")"},
  };
  for (const Case& c : cases) EXPECT_EQ(JsonStringWithNuls(c.text), c.json);
}

TEST(JsonStringWithNuls, ANulEndsAnIncompleteSequence) {
  EXPECT_EQ(JsonStringWithNuls("\xE2\x82\0\xAC"sv), "\"\xEF\xBF\xBD\\\\0\xEF\xBF\xBD\"");
}

TEST(AppendDecimal, WritesTheWholeRange) {
  struct Case {
    uint64_t value;
    const char* text;
  };
  const Case cases[] = {{0, "0"},
                        {9, "9"},
                        {10, "10"},
                        {4294967296, "4294967296"},
                        {std::numeric_limits<uint64_t>::max(), "18446744073709551615"}};
  for (const Case& c : cases) {
    EXPECT_EQ(Appended([&](ByteBuffer& out) { AppendDecimal(out, c.value); }), c.text);
  }
}

// Every number of digits, at both its ends, and the numbers that a table holds.
TEST(WriteDecimal, EqualsTheStandardLibrary) {
  std::vector<uint64_t> values(70000);
  std::iota(values.begin(), values.end(), 0);
  for (uint64_t power = 1; power < UINT64_MAX / 10; power *= 10) {
    for (const uint64_t value : {power - 1, power, power + 1, power * 10 - 1}) {
      values.push_back(value);
    }
  }
  for (unsigned bit = 0; bit < 64; ++bit) values.push_back(uint64_t{1} << bit);
  for (const uint64_t value : values) {
    EXPECT_EQ(Written([&](char* write) { return WriteDecimal(write, value); }),
              std::to_string(value));
    const auto number = static_cast<int64_t>(0 - value);
    EXPECT_EQ(Written([&](char* write) { return WriteSignedDecimal(write, number); }),
              std::to_string(number));
  }
}

TEST(WriteSignedDecimal, WritesTheWholeRange) {
  struct Case {
    int64_t value;
    const char* text;
  };
  const Case cases[] = {{0, "0"},
                        {-1, "-1"},
                        {42, "42"},
                        {std::numeric_limits<int64_t>::max(), "9223372036854775807"},
                        {std::numeric_limits<int64_t>::min(), "-9223372036854775808"}};
  for (const Case& c : cases) {
    EXPECT_EQ(Written([&](char* write) { return WriteSignedDecimal(write, c.value); }), c.text);
  }
}

TEST(WritePadded, PadsWithZerosAndCutsNothing) {
  struct Case {
    uint64_t value;
    unsigned width;
    const char* text;
  };
  const Case cases[] = {{0, 1, "0"},   {0, 3, "000"},   {7, 2, "07"},
                        {99, 2, "99"}, {100, 2, "100"}, {12345, 9, "000012345"}};
  for (const Case& c : cases) {
    EXPECT_EQ(Written([&](char* write) { return WritePadded(write, c.value, c.width); }), c.text);
  }
}

TEST(WriteHex, WritesExactlyTheWidth) {
  struct Case {
    uint64_t value;
    unsigned width;
    const char* text;
  };
  const Case cases[] = {{0, 1, "0"},
                        {0, 4, "0000"},
                        {0xAB, 2, "ab"},
                        {0xAB, 8, "000000ab"},
                        {0x12345, 4, "2345"},  // the low digits
                        {0x12345, 5, "12345"},
                        {0x0123456789ABCDEF, 16, "0123456789abcdef"},
                        {std::numeric_limits<uint64_t>::max(), 16, "ffffffffffffffff"}};
  for (const Case& c : cases) {
    EXPECT_EQ(Written([&](char* write) { return WriteHex(write, c.value, c.width); }), c.text);
  }
}

TEST(CountHexDigits, CountsWithoutLeadingZeros) {
  EXPECT_EQ(CountHexDigits(0), 1U);
  EXPECT_EQ(CountHexDigits(0xF), 1U);
  EXPECT_EQ(CountHexDigits(0x10), 2U);
  EXPECT_EQ(CountHexDigits(std::numeric_limits<uint64_t>::max()), 16U);
}

TEST(AppendHexBytes, SeparatesBytesAndEndsWithoutSeparator) {
  struct Case {
    std::vector<uint8_t> bytes;
    char separator;
    const char* text;
  };
  const Case cases[] = {
      {{}, ':', ""},
      {{}, '\0', ""},
      {{0x0A}, ':', "0a"},
      {{0x0A}, '\0', "0a"},
      {{0x00, 0x1F, 0xFF}, '\0', "001fff"},
      {{0x00, 0x1F, 0xFF}, ':', "00:1f:ff"},
      {{0xDE, 0xAD}, '-', "de-ad"},
      {{0xDE, 0xAD}, ' ', "de ad"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Appended([&](ByteBuffer& out) {
                out.Append('<');
                AppendHexBytes(out, c.bytes, c.separator);
                out.Append('>');
              }),
              std::string("<") + c.text + ">");
  }
}

// Short and long ones go by different ways, which meet at multiples of sixteen.
TEST(AppendHexBytes, EqualsASimpleLoopAtEveryLength) {
  std::vector<uint8_t> bytes(300);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 41);
  for (const char separator : {'\0', ':', '-', '.'}) {
    std::string expected;
    for (size_t length = 0; length <= bytes.size(); ++length) {
      EXPECT_EQ(Appended([&](ByteBuffer& out) {
                  AppendHexBytes(out, std::span(bytes).first(length), separator);
                }),
                expected);
      if (length == bytes.size()) break;
      if (length != 0 && separator != '\0') expected += separator;
      expected += fmt::format("{:02x}", bytes[length]);
    }
  }
}

// Text is looked at by words and written by blocks: care may be needed at every place in both.
TEST(JsonString, FindsWhatNeedsCareAtEveryPlace) {
  struct Case {
    std::string_view text;
    std::string_view json;
  };
  const Case cases[] = {{"\"", R"(\")"},          {"\\", R"(\\)"}, {"\x1F", R"(\u001f)"},
                        {"</", R"(<\/)"},         {"<", "<"},      {"\xE2\x82\xAC", "\xE2\x82\xAC"},
                        {"\xFF", "\xEF\xBF\xBD"}, {"\x7F", "\x7F"}};
  for (const Case& c : cases) {
    for (const size_t before : {0, 1, 7, 8, 9, 500, 505, 509, 510, 511, 512, 513, 1023, 1024}) {
      for (size_t after = 0; after < 20; ++after) {
        const std::string head(before, 'a');
        const std::string tail(after, 'z');
        EXPECT_EQ(JsonString(fmt::format("{}{}{}", head, c.text, tail)),
                  fmt::format(R"("{}{}{}")", head, c.json, tail));
      }
    }
  }
}

TEST(JsonString, HasRoomForTheWorstCaseInEveryBlock) {
  const std::string text(5000, '\x01');
  std::string expected;
  for (size_t i = 0; i < text.size(); ++i) expected += R"(\u0001)";
  EXPECT_EQ(JsonString(text), '"' + expected + '"');
}

}  // namespace
}  // namespace espcap::encode
