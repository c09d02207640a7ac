// SPDX-License-Identifier: GPL-2.0-or-later
//
// A growing run of bytes for the hot path: appending costs a bounds check and a copy, growing
// never touches bytes that hold nothing. Capacity doubles, so appends are O(1) amortised; a caller
// that knows its bound reserves it once. Owned by one thread at a time.
#ifndef ESPCAP_BYTE_BUFFER_H_
#define ESPCAP_BYTE_BUFFER_H_

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>

namespace espcap {

class ByteBuffer {
 public:
  ByteBuffer() = default;
  explicit ByteBuffer(size_t capacity) { Reserve(capacity); }

  [[nodiscard]] const char* data() const { return data_.get(); }
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] size_t capacity() const { return capacity_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::string_view view() const { return {data_.get(), size_}; }

  void Clear() { size_ = 0; }
  // REQUIRES: size <= this->size().
  void Truncate(size_t size) { size_ = size; }

  void Reserve(size_t capacity) {
    if (capacity > capacity_) Reallocate(capacity);
  }

  // Room for `bytes` more at the returned address; Commit() says how many were written.
  char* Claim(size_t bytes) {
    if (bytes > capacity_ - size_) [[unlikely]] {
      Reallocate(std::max(capacity_ * 2, size_ + bytes));
    }
    return data_.get() + size_;
  }
  void Commit(const char* end) { size_ = static_cast<size_t>(end - data_.get()); }

  void Append(std::string_view bytes) {
    if (bytes.empty()) return;
    char* out = Claim(bytes.size());
    std::memcpy(out, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  void Append(char byte) {
    *Claim(1) = byte;
    ++size_;
  }
  // Moves what follows by one. REQUIRES: at <= size().
  void Insert(size_t at, char byte) {
    const char* end = Claim(1);
    char* place = data_.get() + at;
    std::memmove(place + 1, place, static_cast<size_t>(end - place));
    *place = byte;
    ++size_;
  }
  // REQUIRES: at < size().
  void Overwrite(size_t at, char byte) { data_.get()[at] = byte; }

 private:
  struct Free {
    void operator()(char* p) const { std::free(p); }
  };

  // Seldom, so kept out of the appends that are inlined everywhere.
  [[gnu::noinline, gnu::cold]] void Reallocate(size_t capacity) {
    char* grown = static_cast<char*>(std::realloc(data_.get(), capacity));
    if (grown == nullptr) throw std::bad_alloc();
    static_cast<void>(data_.release());
    data_.reset(grown);
    capacity_ = capacity;
  }

  std::unique_ptr<char, Free> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace espcap

#endif  // ESPCAP_BYTE_BUFFER_H_
