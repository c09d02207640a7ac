// SPDX-License-Identifier: GPL-2.0-or-later
//
// write(2) to the last byte.
#ifndef ESPCAP_BASE_WRITE_ALL_H_
#define ESPCAP_BASE_WRITE_ALL_H_

#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace espcap::base {

// Zero, or the error that stopped it.
inline int WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<size_t>(count));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace espcap::base

#endif  // ESPCAP_BASE_WRITE_ALL_H_
