// SPDX-License-Identifier: GPL-2.0-or-later
//
// Owns a file descriptor.
#ifndef ESPCAP_BASE_FILE_DESCRIPTOR_H_
#define ESPCAP_BASE_FILE_DESCRIPTOR_H_

#include <unistd.h>

#include <utility>

namespace espcap::base {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { Close(); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  // From here on it is someone else's to close.
  [[nodiscard]] int Release() { return std::exchange(fd_, -1); }

 private:
  void Close() const {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd_ = -1;
};

}  // namespace espcap::base

#endif  // ESPCAP_BASE_FILE_DESCRIPTOR_H_
