// SPDX-License-Identifier: GPL-2.0-or-later
//
// Bytes that nobody else may see: in pages of their own, which no core dump holds, which read as
// zeros in a process forked later, which stay out of swap where the limits allow, and which are
// wiped at the end. A copy elsewhere gives that up, so what reads or makes a secret
// does it in place.
#ifndef ESPCAP_BASE_SECRET_H_
#define ESPCAP_BASE_SECRET_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace espcap::base {

class Secret {
 public:
  Secret() = default;              // empty
  explicit Secret(size_t length);  // zeros, to be written to
  explicit Secret(std::string_view text);
  Secret(Secret&& other) noexcept
      : pages_(std::move(other.pages_)), length_(std::exchange(other.length_, 0)) {}
  Secret& operator=(Secret&& other) noexcept {
    pages_ = std::move(other.pages_);
    length_ = std::exchange(other.length_, 0);
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() = default;

  [[nodiscard]] bool empty() const { return length_ == 0; }
  [[nodiscard]] std::string_view view() const { return {c_str(), length_}; }
  [[nodiscard]] const char* c_str() const { return pages_ == nullptr ? "" : pages_.get(); }
  [[nodiscard]] std::span<char> bytes() { return {pages_.get(), length_}; }

  // REQUIRES: `length` is at most the length so far.
  void Shorten(size_t length);

 private:
  struct Unmap {
    size_t bytes;
    void operator()(char* pages) const;
  };

  std::unique_ptr<char, Unmap> pages_;  // one byte more at least: a final NUL
  size_t length_ = 0;
};

// Overwrites, so that no compiler leaves it out.
void Wipe(std::span<char> bytes);

// Overwrites the stack below the caller's frame, and the registers that a call may use: copying a
// text leaves parts of it there, and a forked process inherits them.
void WipeUnusedStack();

// From here on the process leaves no core dump, and only root reads its memory: for a process that
// gives secrets to libraries, which keep copies. Later children inherit it.
void ForbidDumps();

}  // namespace espcap::base

#endif  // ESPCAP_BASE_SECRET_H_
