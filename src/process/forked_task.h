// SPDX-License-Identifier: GPL-2.0-or-later
//
// Work in a process of its own, for a result that is text: what it loads and leaves behind ends
// with it. Its maker, and every process that is forked from that later, can await the result. Of
// the maker's files it has standard input, output and error only.
#ifndef ESPCAP_PROCESS_FORKED_TASK_H_
#define ESPCAP_PROCESS_FORKED_TASK_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "process/child_process.h"

namespace espcap::process {

class ForkedTask {
 public:
  using Work = std::function<Result<std::string>()>;

  // Forks. REQUIRES: one thread.
  static Result<std::unique_ptr<ForkedTask>> Start(const Work& work);
  ForkedTask(const ForkedTask&) = delete;
  ForkedTask& operator=(const ForkedTask&) = delete;

  // Waits for the end. An error is the work's own, or that its process died. REQUIRES: in the
  // maker, once.
  Result<std::string> Finish();

  // Waits for the result, in any process. None where there won't be one, which is then so for all
  // who ask, or where `is_stopped` says that it isn't wanted any more.
  [[nodiscard]] std::optional<std::string> Await(const std::function<bool()>& is_stopped) const;

  // By which it is awaited.
  [[nodiscard]] std::vector<int> descriptors() const { return {result_.get(), end_.get()}; }

 private:
  ForkedTask(ChildProcess process, base::FileDescriptor result, base::FileDescriptor end)
      : process_(std::move(process)), result_(std::move(result)), end_(std::move(end)) {}

  ChildProcess process_;
  base::FileDescriptor result_;  // sealed memory, once it is whole
  base::FileDescriptor end_;     // of a pipe: readable once the process has ended
};

// Starts it and waits for its result.
Result<std::string> RunForkedTask(const ForkedTask::Work& work);

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_FORKED_TASK_H_
