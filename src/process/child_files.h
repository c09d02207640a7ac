// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a forked process keeps of its parent's files.
#ifndef ESPCAP_PROCESS_CHILD_FILES_H_
#define ESPCAP_PROCESS_CHILD_FILES_H_

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

namespace espcap::process {

// In a child, first of all.
inline void EndWithParent(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it ended before that
}

// In a child: every descriptor is closed but standard input, output and error, and these. It holds
// no lock, port or pipe of its parent, so that what comes after a parent that crashed finds these
// free.
inline void CloseAllBut(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned first = STDERR_FILENO + 1;
  for (const int fd : kept) {
    const auto number = static_cast<unsigned>(fd);
    if (fd < 0 || number < first) continue;
    if (number > first) ::close_range(first, number - 1, 0);
    first = number + 1;
  }
  ::close_range(first, ~0U, 0);
}

// The descriptor that a path names: "-", /dev/stdin, /dev/fd/N.
inline std::optional<int> DescriptorOfPath(std::string_view path) {
  if (path == "-" || path == "/dev/stdin") return STDIN_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    const std::string_view digits = path.substr(folder.size());
    int number = -1;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (read.ec == std::errc() && read.ptr == digits.data() + digits.size()) return number;
  }
  return std::nullopt;
}

// In a child: what it reads there is nothing, what it writes there is gone.
inline void ReplaceByNull(std::initializer_list<int> standard_streams) {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int fd : standard_streams) {
    if (null < 0) {
      ::close(fd);
    } else {
      ::dup2(null, fd);
    }
  }
  if (null > STDERR_FILENO) ::close(null);
}

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_CHILD_FILES_H_
