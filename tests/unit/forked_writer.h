// SPDX-License-Identifier: GPL-2.0-or-later
//
// Another process that has a file open for writing.
#ifndef ESPCAP_TESTS_UNIT_FORKED_WRITER_H_
#define ESPCAP_TESTS_UNIT_FORKED_WRITER_H_

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <string>
#include <string_view>

namespace espcap::testing {

class ForkedWriter {
 public:
  // `content` is written when this returns, and the file is open. `flags` are open(2)'s.
  ForkedWriter(const std::string& path, std::string_view content, int flags = O_CREAT | O_TRUNC) {
    std::array<int, 2> ready{};
    std::array<int, 2> go_on{};
    if (::pipe(ready.data()) != 0 || ::pipe(go_on.data()) != 0) throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(go_on[1]);
      const int file = ::open(path.c_str(), O_WRONLY | flags, 0644);
      const auto size = static_cast<ssize_t>(content.size());
      const bool is_written = file >= 0 && ::write(file, content.data(), content.size()) == size;
      if (::write(ready[1], is_written ? "y" : "n", 1) != 1) ::_exit(1);
      char byte = 0;
      while (::read(go_on[0], &byte, 1) == 1 && byte != kEnd) {
        if (::write(file, &byte, 1) != 1) ::_exit(2);
        if (::write(ready[1], "y", 1) != 1) ::_exit(1);
      }
      ::_exit(0);  // closes the file
    }
    ::close(ready[1]);
    ::close(go_on[0]);
    ready_ = ready[0];
    go_on_ = go_on[1];
    AwaitReady();
  }
  ~ForkedWriter() { End(0); }
  ForkedWriter(const ForkedWriter&) = delete;
  ForkedWriter& operator=(const ForkedWriter&) = delete;

  void WriteByte() const {
    if (::write(go_on_, "x", 1) != 1) throw std::runtime_error("tell the writer");
    AwaitReady();
  }

  // The file is closed when this returns; by the writer's death from `signal`, if not 0.
  void End(int signal) {
    if (pid_ < 0) return;
    // To close the pipe would not do: writers that were forked later hold it open too.
    if (signal != 0 || ::write(go_on_, &kEnd, 1) != 1) ::kill(pid_, signal != 0 ? signal : SIGKILL);
    ::close(go_on_);
    ::close(ready_);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
  }

 private:
  static constexpr char kEnd = 'q';

  void AwaitReady() const {
    char byte = 0;
    if (::read(ready_, &byte, 1) != 1 || byte != 'y') throw std::runtime_error("forked writer");
  }

  pid_t pid_ = -1;
  int ready_ = -1;
  int go_on_ = -1;
};

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_UNIT_FORKED_WRITER_H_
