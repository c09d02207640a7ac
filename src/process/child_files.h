// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a forked process keeps of its parent's files.
#ifndef ESPCAP_PROCESS_CHILD_FILES_H_
#define ESPCAP_PROCESS_CHILD_FILES_H_

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>

namespace espcap::process {

// In the child: it ends with its parent, and holds no lock, port or pipe of it but `fds`, so that
// whoever comes after a parent that crashed finds these free. Returns their new numbers.
template <size_t N>
std::array<int, N> KeepOnly(std::array<int, N> fds, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it ended before that
  constexpr int kFirst = STDERR_FILENO + 1;
  constexpr int kCount = static_cast<int>(N);
  // First out of each other's way.
  for (int& fd : fds) fd = ::fcntl(fd, F_DUPFD, kFirst + kCount);
  for (int place = 0; place < kCount; ++place) {
    int& fd = fds.at(static_cast<size_t>(place));
    fd = ::dup2(fd, kFirst + place);
  }
  ::close_range(kFirst + kCount, ~0U, 0);
  return fds;
}

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_CHILD_FILES_H_
