// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/bounded_json.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace espcap::base {
namespace {

using std::chrono::milliseconds;

constexpr size_t kDepth = 500'000;

// What it was told of, in a line.
class Recorder final : public JsonVisitor {
 public:
  bool OpenObject() override { return Add("{"); }
  bool OpenArray() override { return Add("["); }
  bool Close() override { return Add("."); }
  bool Key(std::string_view name) override { return Add(std::string(name) + ":"); }
  bool Text(std::string_view text) override { return Add("'" + std::string(text) + "'"); }
  bool Integer(int64_t number) override { return Add(std::to_string(number)); }
  bool OtherScalar() override { return Add("?"); }

  std::string told;
  size_t most = 1000;  // values until it has enough

 private:
  bool Add(const std::string& what) {
    told += (told.empty() ? "" : " ") + what;
    return --most > 0;
  }
};

std::string Nested(size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

std::string FaultOf(const Result<void>& read) { return read ? "" : read.error().message; }

// Each look at this clock costs 20 ms.
milliseconds slow_time{0};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
std::chrono::nanoseconds SlowClock() { return slow_time += milliseconds(20); }

TEST(ReadJson, TellsOfEachValueInItsOrder) {
  Recorder recorder;
  ASSERT_TRUE(
      ReadJson(R"( {"a":[1,-2,1.5,true,null,18446744073709551615],"b":{"c":"d\u00e9"},"e":{}} )",
               {.bytes = 100}, recorder));
  EXPECT_EQ(recorder.told, "{ a: [ 1 -2 ? ? ? ? . b: { c: 'dé' . e: { . .");
}

TEST(ReadJson, IsAnErrorWhereTheVisitorHasEnough) {
  Recorder recorder;
  recorder.most = 2;
  EXPECT_EQ(FaultOf(ReadJson("[1,2,3]", {.bytes = 100}, recorder)), "other than expected");
  EXPECT_EQ(recorder.told, "[ 1");
}

TEST(CheckJson, TakesJsonAndNothingElse) {
  for (const char* text : {"{}", "[]", "7", "\"text\"", "null", R"({"a":{"b":[1,"x"]}})"}) {
    EXPECT_EQ(FaultOf(CheckJson(text, {.bytes = 100})), "") << text;
  }
  for (const char* text : {"", "{", "]", "{}{}", "nonsense", "\"\xFF\"", "{\"a\" 1}", "1e999"}) {
    EXPECT_EQ(FaultOf(CheckJson(text, {.bytes = 100})), "no JSON") << text;
  }
  EXPECT_EQ(FaultOf(CheckJson({}, {})), "no JSON");
  EXPECT_EQ(FaultOf(CheckJson({"{}\0{", 4}, {.bytes = 100})), "no JSON");
}

TEST(CheckJson, BoundsTheBytes) {
  EXPECT_TRUE(CheckJson("[1,2]", {.bytes = 5}));
  EXPECT_EQ(FaultOf(CheckJson("[1,2]", {.bytes = 4})), "longer than 4 bytes");
}

TEST(CheckJson, BoundsTheDepth) {
  EXPECT_TRUE(CheckJson(Nested(64), {.bytes = 1000}));
  EXPECT_EQ(FaultOf(CheckJson(Nested(65), {.bytes = 1000})), "nested deeper than 64 levels");
  EXPECT_TRUE(CheckJson(R"([{"a":[]},{"a":[]}])", {.bytes = 1000, .depth = 3}));
  EXPECT_FALSE(CheckJson(R"([{"a":[]},{"a":[]}])", {.bytes = 1000, .depth = 2}));
  EXPECT_EQ(FaultOf(CheckJson(Nested(kDepth), {.bytes = 2 * kDepth})),
            "nested deeper than 64 levels");
}

TEST(CheckJson, BoundsTheTime) {
  const std::string number = "1234567,";
  std::string many = "[";
  while (many.size() < 1'000'000) many += number;
  many += "1]";
  const std::string single = "\"" + std::string(1'000'000, 'x') + "\"";
  for (const std::string& text : {many, single}) {
    EXPECT_EQ(FaultOf(CheckJson(
                  text, {.bytes = text.size(), .time = milliseconds(50), .clock = SlowClock})),
              "too much to read in 50 ms");
    EXPECT_TRUE(
        CheckJson(text, {.bytes = text.size(), .time = JsonBounds::kAnyTime, .clock = SlowClock}));
  }
  EXPECT_TRUE(CheckJson("[1,2]", {.bytes = 100, .time = milliseconds(50), .clock = SlowClock}));
}

TEST(ThreadTime, GoesOnWhileTheThreadWorks) {
  const auto begin = ThreadTime();
  while (ThreadTime() == begin) {
  }
  EXPECT_GT(ThreadTime(), begin);
}

}  // namespace
}  // namespace espcap::base
