// SPDX-License-Identifier: GPL-2.0-or-later
//
// A result that a process of its own comes to while the others get ready. Its maker, and every
// process that is forked from that later, can await it; that its process dies only costs the others
// the work. Of the maker's files it has standard input, output and error only.
#ifndef ESPCAP_PROCESS_FORKED_TASK_H_
#define ESPCAP_PROCESS_FORKED_TASK_H_

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"

namespace espcap::process {

class ForkedTask {
 public:
  // Forks. An error of `work` is nobody's but that there is no result. REQUIRES: one thread.
  static Result<std::unique_ptr<ForkedTask>> Start(
      const std::function<Result<std::string>()>& work);
  ~ForkedTask();  // in the maker: ends the process and waits for it
  ForkedTask(const ForkedTask&) = delete;
  ForkedTask& operator=(const ForkedTask&) = delete;

  // Waits for the result, in any process. None where there won't be one, which is then so for all
  // who ask, or where `is_stopped` says that it isn't wanted any more.
  [[nodiscard]] std::optional<std::string> Await(const std::function<bool()>& is_stopped) const;

  // By which it is awaited.
  [[nodiscard]] std::vector<int> descriptors() const { return {result_.get(), end_.get()}; }

 private:
  ForkedTask(base::FileDescriptor result, base::FileDescriptor end)
      : result_(std::move(result)), end_(std::move(end)) {}

  base::FileDescriptor result_;  // memory, sealed once it is whole
  base::FileDescriptor end_;     // a pipe nothing comes through: closed with the process
  pid_t maker_ = 0;
  pid_t process_ = 0;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_FORKED_TASK_H_
