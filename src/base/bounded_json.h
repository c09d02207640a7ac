// SPDX-License-Identifier: GPL-2.0-or-later
//
// JSON that a stranger wrote, read value by value: no tree is built of it, and what is longer,
// deeper or slower to read than its bounds is an error. Nothing here is kept; any thread.
#ifndef ESPCAP_BASE_BOUNDED_JSON_H_
#define ESPCAP_BASE_BOUNDED_JSON_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "espcap/result.h"

namespace espcap::base {

// The processor's time that this thread has used. Against the time of day, a text would be slow to
// read wherever the machine has something else to do.
std::chrono::nanoseconds ThreadTime();

struct JsonBounds {
  static constexpr std::chrono::nanoseconds kAnyTime = std::chrono::nanoseconds::max();

  size_t bytes = 0;
  size_t depth = 64;  // objects and arrays within each other
  std::chrono::nanoseconds time = std::chrono::milliseconds(50);
  std::chrono::nanoseconds (*clock)() = ThreadTime;
};

// Is told of each value in the order of the text, and says whether to go on. Texts are lent for the
// call.
class JsonVisitor {
 public:
  virtual ~JsonVisitor() = default;

  virtual bool OpenObject() { return true; }
  virtual bool OpenArray() { return true; }
  virtual bool Close() { return true; }  // the innermost that is open
  virtual bool Key(std::string_view /*name*/) { return true; }
  virtual bool Text(std::string_view /*text*/) { return true; }
  virtual bool Integer(int64_t /*number*/) { return true; }
  virtual bool OtherScalar() { return true; }

 protected:
  JsonVisitor() = default;
  JsonVisitor(const JsonVisitor&) = default;
  JsonVisitor& operator=(const JsonVisitor&) = default;
};

// An error says what the text is: "nested deeper than 64 levels". It is one, too, where the visitor
// doesn't go on.
Result<void> ReadJson(std::string_view text, const JsonBounds& bounds, JsonVisitor& visitor);

// The same without a visitor: for those who then build a tree of it.
Result<void> CheckJson(std::string_view text, const JsonBounds& bounds);

// Of a text that holds documents, which are 450 levels deep. Trees are gone through by recursion.
constexpr JsonBounds DocumentTreeBounds(size_t bytes) {
  return {.bytes = bytes, .depth = 1000, .time = JsonBounds::kAnyTime};
}

}  // namespace espcap::base

#endif  // ESPCAP_BASE_BOUNDED_JSON_H_
