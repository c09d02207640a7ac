// SPDX-License-Identifier: GPL-2.0-or-later
//
// A process that prepares once what every worker needs, and from then on only forks: a worker
// starts pristine, in milliseconds, and shares the prepared memory until it writes to it.
//
// The zygote and its workers take no part in SIGINT and SIGTERM (the supervisor decides what a
// signal means) and end with the supervisor, however that ends. So does a process that replies,
// once its reader is gone.
#ifndef ESPCAP_PROCESS_ZYGOTE_H_
#define ESPCAP_PROCESS_ZYGOTE_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "process/channel.h"
#include "process/messages.h"
#include "process/reply.h"

namespace espcap::process {

class Zygote {
 public:
  // Something that a zygote follows: `look` is called whenever `fd` is readable, and at intervals.
  struct Watch {
    int fd = -1;
    std::chrono::milliseconds interval{0};
    std::function<void()> look;
  };

  // Run in the zygote. `prepare` is told how to send log messages to the supervisor; its error is
  // Start()'s. `work` is the whole life of a worker; the process ends when it returns.
  struct Roles {
    const char* name = "";  // as ps(1) shows it
    std::function<Result<void>(const std::function<void(const LogMessage&)>& send_log)> prepare;
    std::function<void(const Job& job, Channel channel)> work;
    bool many_workers = false;  // worth some 40 ms of preparation that makes each cheaper
    // What it follows between the forks; asked for once it is prepared. Empty: nothing.
    std::function<Watch()> watch = {};
    // What a process of OpenReply() replies.
    std::function<Result<std::string>()> reply = {};
  };

  // Forks the zygote and waits until it is prepared. `log` gets what it says meanwhile.
  static Result<std::unique_ptr<Zygote>> Start(const Roles& roles,
                                               const std::function<void(const LogMessage&)>& log);
  // One that answers on this channel, and is no child of this process.
  static std::unique_ptr<Zygote> Over(Channel channel);
  // Ends the zygote and waits for it, for some seconds: one that is stopped stays.
  ~Zygote();
  Zygote(const Zygote&) = delete;
  Zygote& operator=(const Zygote&) = delete;

  // In a process that was forked after it: what it is told, and what it says, isn't that one's.
  void ReleaseInChild();

  // Asks for a worker. Its process id, and later its end, come by Receive().
  Result<Channel> Fork(const Job& job);

  // Has a process forked that waits for a question, and replies what the roles' `reply` gives, even
  // where the zygote has ended by then. REQUIRES: they have one.
  [[nodiscard]] Result<ReplyReader> OpenReply() const;

  // Sends a signal to a worker that it has told of. The zygote does so: it alone knows for certain
  // whose process id this is.
  void Signal(pid_t process, int signal) const;

  // The next report; none where the zygote itself has ended.
  std::optional<WorkerReport> Receive();
  [[nodiscard]] int fd() const { return channel_.fd(); }

  // What it and its workers have printed on standard error, in pieces. -1: they print it there.
  [[nodiscard]] int errors_fd() const { return errors_.get(); }
  [[nodiscard]] std::string ReadErrors() const;

 private:
  Zygote(pid_t process, Channel channel, base::FileDescriptor errors)
      : process_(process), channel_(std::move(channel)), errors_(std::move(errors)) {}

  pid_t process_;  // 0: no child
  Channel channel_;
  base::FileDescriptor errors_;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_ZYGOTE_H_
