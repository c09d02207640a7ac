// SPDX-License-Identifier: GPL-2.0-or-later
//
// No file of this process can grow beyond `bytes` while this lives: what a full disk does to a
// write, half of it taken.
#ifndef ESPCAP_TESTS_UNIT_FILE_SIZE_LIMIT_H_
#define ESPCAP_TESTS_UNIT_FILE_SIZE_LIMIT_H_

#include <sys/resource.h>

#include <csignal>

namespace espcap::testing {

class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    static_cast<void>(std::signal(SIGXFSZ, handler_));
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_UNIT_FILE_SIZE_LIMIT_H_
