// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/standard_output.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "base/write_all.h"

namespace espcap::app {
namespace {

[[noreturn]] void EndBySigpipe() {
  static_cast<void>(std::signal(SIGPIPE, SIG_DFL));
  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigprocmask(SIG_UNBLOCK, &pipe_signal, nullptr);
  static_cast<void>(::raise(SIGPIPE));
  ::_exit(128 + SIGPIPE);
}

}  // namespace

Result<void> PrintText(std::string_view text) {
  const int error = base::WriteAll(STDOUT_FILENO, text);
  if (error == 0) return {};
  if (error == EPIPE) EndBySigpipe();
  return Fail("write standard output: {}", std::generic_category().message(error));
}

}  // namespace espcap::app
