// SPDX-License-Identifier: GPL-2.0-or-later
//
// A value in shared memory that one process writes and others read whole. A reader never waits for
// the writer: where that is at work all the time, or has died at it, there is no value.
#ifndef ESPCAP_PROCESS_SHARED_VALUE_H_
#define ESPCAP_PROCESS_SHARED_VALUE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>

namespace espcap::process {

// Memory of zeros is one that holds a value of zeros.
template <class Value>
class SharedValue {
  static_assert(std::is_trivially_copyable_v<Value>);

 public:
  void Store(const Value& value) {
    Words words{};
    std::memcpy(words.data(), &value, sizeof(value));
    const uint64_t before = changes_.load(std::memory_order_relaxed);
    changes_.store(before + 1, std::memory_order_relaxed);  // odd: not whole
    // Each is a release, so that who sees a new word sees the odd number too.
    for (size_t at = 0; at < kWords; ++at) words_[at].store(words[at], std::memory_order_release);
    changes_.store(before + 2, std::memory_order_release);
  }

  [[nodiscard]] std::optional<Value> Load() const {
    constexpr int kMaxTries = 1000;
    for (int tries = 0; tries < kMaxTries; ++tries) {
      const uint64_t before = changes_.load(std::memory_order_acquire);
      if (before % 2 != 0) continue;
      Words words{};
      for (size_t at = 0; at < kWords; ++at) words[at] = words_[at].load(std::memory_order_acquire);
      if (changes_.load(std::memory_order_relaxed) != before) continue;
      Value value;
      std::memcpy(static_cast<void*>(&value), words.data(), sizeof(value));
      return value;
    }
    return std::nullopt;
  }

 private:
  static constexpr size_t kWords = (sizeof(Value) + sizeof(uint64_t) - 1) / sizeof(uint64_t);
  using Words = std::array<uint64_t, kWords>;

  std::atomic<uint64_t> changes_;
  std::array<std::atomic<uint64_t>, kWords> words_;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_SHARED_VALUE_H_
