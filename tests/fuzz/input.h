// SPDX-License-Identifier: GPL-2.0-or-later
//
// An input's bytes as the numbers and texts that a target asks for, from the front; zeros where
// they have ended. Borrows the bytes.
#ifndef ESPCAP_TESTS_FUZZ_INPUT_H_
#define ESPCAP_TESTS_FUZZ_INPUT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace espcap::fuzz {

using Bytes = std::span<const uint8_t>;

class Input {
 public:
  explicit Input(Bytes bytes) : bytes_(bytes) {}

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] size_t size() const { return bytes_.size(); }

  // A number, or a struct of numbers.
  template <class T>
  T Next() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    const Bytes taken = NextBytes(sizeof(value));
    if (!taken.empty()) std::memcpy(&value, taken.data(), taken.size());
    return value;
  }
  // As many, or what is left.
  Bytes NextBytes(size_t count) {
    const Bytes taken = bytes_.first(std::min(count, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }
  std::string_view NextText(size_t count) { return TextOf(NextBytes(count)); }
  // Preceded by its length.
  template <class Length>
  std::string_view NextText() {
    return NextText(Next<Length>());
  }
  std::string_view Rest() { return NextText(bytes_.size()); }
  bool NextBool() { return (Next<uint8_t>() & 1U) != 0; }
  // Below `limit`, which is below 256.
  uint32_t NextBelow(uint32_t limit) { return Next<uint8_t>() % limit; }

 private:
  static std::string_view TextOf(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  Bytes bytes_;
};

// What must hold whatever the input is. The input that breaks it is a finding.
inline void Require(bool holds, const char* what, std::string_view found = {}) {
  if (holds) [[likely]] {
    return;
  }
  static_cast<void>(std::fprintf(stderr, "not so: %s: %.*s\n", what, static_cast<int>(found.size()),
                                 found.data()));
  std::abort();
}

}  // namespace espcap::fuzz

#endif  // ESPCAP_TESTS_FUZZ_INPUT_H_
