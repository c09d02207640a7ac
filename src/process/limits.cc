// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/limits.h"

#include <sys/resource.h>

#include <csignal>

namespace espcap::process {

void LimitFiles() {
  struct sigaction ignored {};
  ignored.sa_handler = SIG_IGN;
  ::sigaction(SIGXFSZ, &ignored, nullptr);  // an error of write(2) instead
  const rlimit limit{kMaxFileBytes, kMaxFileBytes};
  static_cast<void>(::setrlimit(RLIMIT_FSIZE, &limit));
}

}  // namespace espcap::process
