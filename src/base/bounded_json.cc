// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/bounded_json.h"

#include <algorithm>
#include <ctime>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace espcap::base {
namespace {

using nlohmann::json;
using std::chrono::nanoseconds;

class Deadline {
 public:
  explicit Deadline(const JsonBounds& bounds) : bounds_(bounds), begin_(bounds.clock()) {}

  [[nodiscard]] bool has_passed() const { return has_passed_; }
  bool Look() {
    has_passed_ = has_passed_ || bounds_.clock() - begin_ > bounds_.time;
    return has_passed_;
  }

 private:
  const JsonBounds& bounds_;
  nanoseconds begin_;
  bool has_passed_ = false;
};

// The bytes of a text. It ends early where the time is over: the parser asks nobody else while it
// reads a single long value.
class TimedBytes {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  TimedBytes(const char* begin, const char* end, Deadline& deadline)
      : at_(begin), end_(end), pause_(NextPause()), deadline_(&deadline) {}

  reference operator*() const { return *at_; }
  TimedBytes& operator++() {
    if (++at_ != pause_) return *this;
    if (deadline_->Look()) at_ = end_;
    pause_ = NextPause();
    return *this;
  }
  bool operator==(const TimedBytes& other) const { return at_ == other.at_; }

 private:
  static constexpr std::ptrdiff_t kBytesBetweenLooks = 16 << 10U;

  [[nodiscard]] const char* NextPause() const {
    return at_ + std::min(end_ - at_, kBytesBetweenLooks);
  }

  const char* at_;
  const char* end_;
  const char* pause_;
  Deadline* deadline_;
};

class NoVisitor final : public JsonVisitor {};

// The parser's events as the visitor's, down to a depth.
class Events final : public json::json_sax_t {
 public:
  Events(JsonVisitor& visitor, size_t most_depth) : visitor_(visitor), most_depth_(most_depth) {}

  [[nodiscard]] bool is_too_deep() const { return depth_ > most_depth_; }
  [[nodiscard]] bool is_json() const { return is_json_; }

  bool null() override { return visitor_.OtherScalar(); }
  bool boolean(bool /*value*/) override { return visitor_.OtherScalar(); }
  bool number_integer(json::number_integer_t value) override { return visitor_.Integer(value); }
  bool number_unsigned(json::number_unsigned_t value) override {
    constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    return value <= kMax ? visitor_.Integer(static_cast<int64_t>(value)) : visitor_.OtherScalar();
  }
  bool number_float(json::number_float_t /*value*/, const std::string& /*text*/) override {
    return visitor_.OtherScalar();
  }
  bool string(std::string& value) override { return visitor_.Text(value); }
  bool binary(json::binary_t& /*value*/) override { return visitor_.OtherScalar(); }
  bool start_object(size_t /*elements*/) override {
    ++depth_;
    return !is_too_deep() && visitor_.OpenObject();
  }
  bool key(std::string& value) override { return visitor_.Key(value); }
  bool end_object() override { return End(); }
  bool start_array(size_t /*elements*/) override {
    ++depth_;
    return !is_too_deep() && visitor_.OpenArray();
  }
  bool end_array() override { return End(); }
  bool parse_error(size_t /*position*/, const std::string& /*last_token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    is_json_ = false;
    return false;
  }

 private:
  bool End() {
    --depth_;
    return visitor_.Close();
  }

  JsonVisitor& visitor_;
  size_t most_depth_;
  size_t depth_ = 0;
  bool is_json_ = true;
};

}  // namespace

nanoseconds ThreadTime() {
  std::timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + nanoseconds(used.tv_nsec);
}

Result<void> ReadJson(std::string_view text, const JsonBounds& bounds, JsonVisitor& visitor) {
  if (text.size() > bounds.bytes) return Fail("longer than {} bytes", bounds.bytes);
  // For the parser it would be the end, whatever comes behind it.
  if (text.find('\0') != std::string_view::npos) return Fail("no JSON");
  Deadline deadline(bounds);
  Events events(visitor, bounds.depth);
  const char* const end = text.data() + text.size();
  if (json::sax_parse(TimedBytes(text.data(), end, deadline), TimedBytes(end, end, deadline),
                      &events)) {
    return {};
  }
  if (deadline.has_passed()) {
    return Fail("too much to read in {} ms",
                std::chrono::duration_cast<std::chrono::milliseconds>(bounds.time).count());
  }
  if (events.is_too_deep()) return Fail("nested deeper than {} levels", bounds.depth);
  if (!events.is_json()) return Fail("no JSON");
  return Fail("other than expected");
}

Result<void> CheckJson(std::string_view text, const JsonBounds& bounds) {
  NoVisitor visitor;
  return ReadJson(text, bounds, visitor);
}

}  // namespace espcap::base
