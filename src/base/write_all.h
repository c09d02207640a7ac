// SPDX-License-Identifier: GPL-2.0-or-later
//
// write(2) to the last byte.
#ifndef ESPCAP_BASE_WRITE_ALL_H_
#define ESPCAP_BASE_WRITE_ALL_H_

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <string_view>

namespace espcap::base {

// Zero, or the error that stopped it. A descriptor that doesn't wait (O_NONBLOCK, by the process
// that opened it) is waited for. EINTR: `stop_waiting` was set, and a signal came while it waited.
// The bytes that were written are added to `written_bytes`.
inline int WriteAll(int file, std::string_view text, const std::atomic<bool>& stop_waiting,
                    size_t& written_bytes) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<size_t>(count));
      written_bytes += static_cast<size_t>(count);
      continue;
    }
    const int error = errno;
    if (error != EINTR && error != EAGAIN) return error;
    if (stop_waiting) return EINTR;
    if (error == EAGAIN) {
      pollfd writable = {file, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    }
  }
  return 0;
}

// The same, however long it lasts.
inline int WriteAll(int file, std::string_view text) {
  const std::atomic<bool> stop_waiting = false;
  size_t written_bytes = 0;
  return WriteAll(file, text, stop_waiting, written_bytes);
}

}  // namespace espcap::base

#endif  // ESPCAP_BASE_WRITE_ALL_H_
