// SPDX-License-Identifier: GPL-2.0-or-later
//
// Work in a process of its own, for a result that is text: what it loads and leaves behind ends
// with it. Of the caller's files it has standard input, output and error only. REQUIRES: one
// thread.
#ifndef ESPCAP_PROCESS_SUBPROCESS_H_
#define ESPCAP_PROCESS_SUBPROCESS_H_

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/file_descriptor.h"
#include "espcap/result.h"

namespace espcap::process {

class Subprocess {
 public:
  using Work = std::function<Result<std::string>()>;

  static Result<std::unique_ptr<Subprocess>> Start(const Work& work);
  ~Subprocess();  // ends the process
  Subprocess(const Subprocess&) = delete;
  Subprocess& operator=(const Subprocess&) = delete;

  // Readable when Read() has something to do.
  [[nodiscard]] int fd() const { return output_.get(); }
  // Takes what there is, without waiting where fd() is readable. The result once the process has
  // ended: an error is the work's own, or that its process died.
  std::optional<Result<std::string>> Read();

 private:
  Subprocess(pid_t process, base::FileDescriptor output)
      : process_(process), output_(std::move(output)) {}

  pid_t process_;  // 0: it has been waited for
  base::FileDescriptor output_;
  std::string text_;
};

// Waits for it.
Result<std::string> RunInSubprocess(const Subprocess::Work& work);

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_SUBPROCESS_H_
