// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/dead_letter.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace espcap::sink {
namespace {

constexpr std::string_view kAction = R"({"create":{"_index":"packets-2015-08-14","_id":"ab-7"}})";
constexpr std::string_view kDocument =
    R"({"timestamp":"1439587238915","layers":{"dns":{"dns_qry_name":"bücher.example"},"e":[null,1.50]}})";

std::string BulkDocument() { return std::string(kAction) + '\n' + std::string(kDocument) + '\n'; }

DeadLetter SomeLetter() {
  auto letter = ParseBulkDocument(BulkDocument());
  letter->time = "2024-05-01T12:00:00.123Z";
  letter->status = 400;
  letter->reason = "document_parsing_exception: [1:43] failed to parse \"x\"";
  letter->source = "captures/a.pcap";
  letter->frame_number = 7;
  return *letter;
}

void ExpectEqual(const DeadLetter& one, const DeadLetter& other) {
  EXPECT_EQ(one.time, other.time);
  EXPECT_EQ(one.index, other.index);
  EXPECT_EQ(one.id, other.id);
  EXPECT_EQ(one.status, other.status);
  EXPECT_EQ(one.reason, other.reason);
  EXPECT_EQ(one.source, other.source);
  EXPECT_EQ(one.frame_number, other.frame_number);
  EXPECT_EQ(one.document, other.document);
}

Result<DeadLetter> Parsed(std::string line) {
  EXPECT_TRUE(line.ends_with('\n'));
  line.pop_back();
  return ParseLetterLine(line);
}

TEST(LetterTimeTest, IsRfc3339InUtc) {
  using std::chrono::milliseconds;
  using std::chrono::nanoseconds;
  using Clock = std::chrono::system_clock;
  EXPECT_EQ(LetterTime(Clock::time_point()), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(LetterTime(Clock::time_point(milliseconds(1'439'587'238'915))),
            "2015-08-14T21:20:38.915Z");
  EXPECT_EQ(LetterTime(Clock::time_point(milliseconds(1'000))), "1970-01-01T00:00:01.000Z");
  EXPECT_EQ(LetterTime(Clock::time_point(nanoseconds(1'999'999))), "1970-01-01T00:00:00.001Z");
  EXPECT_EQ(LetterTime(Clock::time_point(milliseconds(-1))), "1969-12-31T23:59:59.999Z");
}

TEST(BulkDocumentTest, GivesIndexIdAndDocument) {
  const auto letter = ParseBulkDocument(BulkDocument());
  ASSERT_TRUE(letter) << letter.error().message;
  EXPECT_EQ(letter->index, "packets-2015-08-14");
  EXPECT_EQ(letter->id, "ab-7");
  EXPECT_EQ(letter->document, kDocument);
  std::string back;
  AppendBulkDocument(back, *letter);
  EXPECT_EQ(back, BulkDocument());
}

TEST(BulkDocumentTest, ComesBackWhateverTheNames) {
  DeadLetter letter = SomeLetter();
  letter.index = "it's \"quoted\" \\ and \n more, bücher";
  std::string text;
  AppendBulkDocument(text, letter);
  const auto back = ParseBulkDocument(text);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->index, letter.index);
}

TEST(BulkDocumentTest, AnythingElseIsAnError) {
  const std::string action(kAction);
  for (const std::string& text :
       {std::string(), std::string("\n"), std::string("\n\n"), action, action + "\n",
        action + "\n{}", std::string("{}\n{}\n"), std::string("[1]\n{}\n"),
        std::string("nonsense\n{}\n"), std::string("{\"create\":7}\n{}\n"),
        std::string("{\"create\":{\"_index\":\"i\"}}\n{}\n"),
        std::string("{\"create\":{\"_id\":\"i\"}}\n{}\n"),
        std::string("{\"create\":{\"_index\":\"i\",\"_id\":7}}\n{}\n"),
        std::string("{\"create\":{\"_index\":\"i\",\"_id\":\"j\"},\"x\":1}\n{}\n")}) {
    EXPECT_FALSE(ParseBulkDocument(text)) << text;
  }
}

TEST(LetterLineTest, IsOneJsonObjectWithTheDocumentAsItIs) {
  const std::string line = LetterLine(SomeLetter());
  EXPECT_EQ(line,
            R"({"time":"2024-05-01T12:00:00.123Z","index":"packets-2015-08-14","id":"ab-7",)"
            R"("status":400,"reason":"document_parsing_exception: [1:43] failed to parse \"x\"",)"
            R"("source":"captures/a.pcap","frame":7,"document":)" +
                std::string(kDocument) + "}\n");
  const auto back = Parsed(line);
  ASSERT_TRUE(back);
  ExpectEqual(*back, SomeLetter());
}

TEST(LetterLineTest, NoTextLeadsOutOfItsPlace) {
  for (const std::string& text :
       {std::string("\",\"document\":{}}"), std::string(",\"document\":{\"a\":1}}"),
        std::string("line\nend\r\t"), std::string("\\"), std::string("{}}}"),
        std::string("nul\0in it", 9), std::string("\xFF\xC3 no UTF-8")}) {
    DeadLetter letter = SomeLetter();
    letter.reason = letter.source = letter.id = text;
    const std::string line = LetterLine(letter);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
    const auto back = Parsed(line);
    ASSERT_TRUE(back) << line;
    EXPECT_EQ(back->document, kDocument);
    if (text[0] != '\xFF') ExpectEqual(*back, letter);
  }
}

// A worker that has gone wrong can have written anything.
TEST(LetterLineTest, ADocumentThatIsNoObjectStandsAsAString) {
  for (const std::string& document :
       {std::string("{\"a\":1"), std::string("no JSON, \"document\":{}"), std::string("7"),
        std::string("\"text\""), std::string("{\"a\":\n1}"), std::string("{\"a\":1}\r"),
        std::string("{\"a\":1}\0}", 9), std::string()}) {
    DeadLetter letter = SomeLetter();
    letter.document = document;
    const std::string line = LetterLine(letter);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
    const auto back = Parsed(line);
    ASSERT_TRUE(back) << line << back.error().message;
    ExpectEqual(*back, letter);
  }
  DeadLetter letter = SomeLetter();
  letter.document = "{\"a\":\"\xFF\"}";
  EXPECT_TRUE(nlohmann::json::accept(LetterLine(letter)));
}

TEST(LetterLineTest, AnEditedLineIsRead) {
  const auto spaced = ParseLetterLine(
      R"({ "document" : {"b":1, "a" :[2.5]}, "id":"7" , "index":"i" , "other":{"document":{}} } )");
  ASSERT_TRUE(spaced) << spaced.error().message;
  EXPECT_EQ(spaced->document, R"({"b":1,"a":[2.5]})");
  EXPECT_EQ(spaced->id, "7");
  EXPECT_EQ(spaced->status, 0);
  const auto nested = ParseLetterLine(
      R"({"index":"i","x":{"y":1,"document":{"no":1}},"id":"7","document":{"yes":1}})");
  ASSERT_TRUE(nested) << nested.error().message;
  EXPECT_EQ(nested->document, R"({"yes":1})");
  const auto followed =
      ParseLetterLine(R"({"index":"i","id":"7","document":{"yes":1},"note":{"seen":true}})");
  ASSERT_TRUE(followed) << followed.error().message;
  EXPECT_EQ(followed->document, R"({"yes":1})");
}

TEST(LetterLineTest, AnythingElseSaysWhatIsWrong) {
  const std::pair<const char*, const char*> table[] = {
      {"", "no JSON"},
      {"nonsense", "no JSON"},
      {"[]", "not a JSON object"},
      {R"({"index":"i","id":"7","document":{"a":1})", "no JSON"},
      {R"({"id":"7","document":{}})", "without an index or id"},
      {R"({"index":"i","document":{}})", "without an index or id"},
      {R"({"index":7,"id":"7","document":{}})", "without an index or id"},
      {R"({"index":"i","id":"7"})", "without a document"},
      {R"({"index":"i","id":"7","document":7})", "without a document"},
  };
  for (const auto& [line, error] : table) {
    const auto letter = ParseLetterLine(line);
    ASSERT_FALSE(letter) << line;
    EXPECT_EQ(letter.error().message, error) << line;
  }
}

// A worker that has gone wrong can have written it; somebody can have edited its line.
TEST(LetterLineTest, ADeepDocumentIsKeptOrRefused) {
  constexpr size_t kDepth = 500'000;
  DeadLetter letter = SomeLetter();
  letter.document = R"({"a":)" + std::string(kDepth, '[') + std::string(kDepth, ']') + "}";
  const auto back = Parsed(LetterLine(letter));
  ASSERT_TRUE(back) << back.error().message;
  ExpectEqual(*back, letter);
  const auto edited =
      ParseLetterLine(R"({"index":"i", "id":"7", "document": )" + letter.document + "}");
  ASSERT_FALSE(edited);
  EXPECT_EQ(edited.error().message, "nested deeper than 1000 levels");
}

TEST(LetterLineTest, ACutLineIsNone) {
  const std::string line = LetterLine(SomeLetter());
  for (size_t length = 0; length + 1 < line.size(); ++length) {
    EXPECT_FALSE(ParseLetterLine(line.substr(0, length))) << length;
  }
}

}  // namespace
}  // namespace espcap::sink
