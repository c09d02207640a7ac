// SPDX-License-Identifier: GPL-2.0-or-later
//
// The processes that make workers, and the workers: they are started, heard, and told to end. What
// they say comes out as WorkerEvent values; what follows from them is decided elsewhere. Workers
// are told by reference, and stay where they are until Remove(). One thread; REQUIRES: made before
// the process has threads or connections (it forks).
#ifndef ESPCAP_SUPERVISE_WORKER_POOL_H_
#define ESPCAP_SUPERVISE_WORKER_POOL_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/event_loop.h"
#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "process/channel.h"
#include "process/messages.h"
#include "process/reply.h"
#include "process/zygote.h"
#include "supervise/capture_queue.h"
#include "supervise/overdue_watch.h"

namespace espcap::supervise {

// A process at work on a part of a capture.
struct Worker {
  process::Zygote* parent = nullptr;
  process::Channel channel;
  std::optional<base::ReadableFlag> readable;  // while its channel is open
  Part* part = nullptr;
  pid_t process = 0;
  bool wants_slot = false;
  bool wants_message = false;  // of its partition
  bool opened = false;         // its interface
  bool is_reaped = false;      // it is no process any more
  int wait_status = 0;         // waitpid's, once it is reaped
  int start_error = 0;         // errno: it never was a process
  // Why it is being killed. What it still says isn't believed where it has broken the protocol.
  std::optional<process::FrameFault::Kind> own_kill;
  [[nodiscard]] bool BrokeProtocol() const {
    return own_kill == process::FrameFault::Kind::kProtocol;
  }
  std::optional<process::Outcome> outcome;  // once it has said so
  std::optional<uint32_t> slot;             // being filled
  OverdueWatch overdue;
  // An archive's file that it unpacks, or is about to: where to isn't granted yet.
  struct Member {
    std::string name;
    base::FileDescriptor file;
  };
  std::optional<Member> member;
};

// What a worker, or the zygote, has told.
struct SlotReady {
  Worker& worker;
};
struct FileWanted {  // for what it records, a frame for the quarantine, or with what was unpacked
  Worker& worker;
  uint32_t frame_number;
};
struct MessageWanted {  // it has read the one before
  Worker& worker;
  uint32_t frames;
  uint32_t records;
  std::string fault;  // of that one; empty: none
};
struct LossSeen {  // in the message that it reads
  Worker& worker;
  std::string interface;
  uint64_t packets;
};
struct SessionEnded {  // of messages, in order
  Worker& worker;
  uint64_t conversations;  // that it knew
};
struct MemberUnpacked {
  Worker& worker;
  process::Outcome outcome;
};
struct InterfaceOpened {
  Worker& worker;
  std::string failure;  // empty: it is open
};
struct LinkTypeSeen {
  const Worker& worker;
  std::string misfit;  // why the capture filter doesn't fit it; empty: it does
};
struct ProtocolBroken {  // by what it has sent
  Worker& worker;
  std::string what;
};
struct WorkerLogged {
  process::LogMessage message;
  const Worker* worker = nullptr;  // null: it isn't known which one
};
struct WorkerReaped {
  pid_t process;    // -1: it couldn't be started
  int wait_status;  // waitpid's
};
struct ZygoteEnded {};
struct OpenerEnded {};
using WorkerEvent = std::variant<SlotReady, FileWanted, MessageWanted, LossSeen, SessionEnded,
                                 MemberUnpacked, InterfaceOpened, LinkTypeSeen, ProtocolBroken,
                                 WorkerLogged, WorkerReaped, ZygoteEnded, OpenerEnded>;

class WorkerPool {
 public:
  // The loop is borrowed. `opener`: of the processes that capture; null: nothing is live.
  // REQUIRES: the loop was made after these, whose workers would have it too.
  WorkerPool(base::EventLoop& loop, std::unique_ptr<process::Zygote> zygote,
             std::unique_ptr<process::Zygote> opener);

  // Forks a worker for the part's job. An error: there is no zygote any more.
  Result<void> Begin(Part& part);
  void Remove(const Worker& worker);
  // Of the zygote's role.
  [[nodiscard]] Result<process::ReplyReader> OpenReply() const {
    return zygote_.process->OpenReply();
  }
  // The process, for certain; it is told of as reaped.
  static void Kill(const Worker& worker);

  // Waits for what the worker says next. None: it changes only the worker's own state.
  static std::optional<WorkerEvent> Receive(Worker& worker);

  // What has been said, one message of each worker; the loop wakes where there is more.
  std::vector<WorkerEvent> CollectEvents();

  [[nodiscard]] std::list<Worker>& workers() { return workers_; }
  [[nodiscard]] const std::list<Worker>& workers() const { return workers_; }
  // Those that dissect: each has an index of its own, the lowest that was free.
  [[nodiscard]] size_t dissecting() const;
  [[nodiscard]] uint32_t FreeIndex() const;

  // Ends reads that wait, or (`kill`) the processes.
  void Interrupt(bool kill) const;

 private:
  // A process that makes workers.
  struct Parent {
    std::unique_ptr<process::Zygote> process;    // null: there never was one
    std::optional<base::ReadableFlag> readable;  // none: it has ended
    std::optional<base::ReadableFlag> errors_readable;
  };
  void ListenTo(Parent& parent, std::unique_ptr<process::Zygote> process);
  void CollectFrom(Parent& parent, std::vector<WorkerEvent>& events);
  std::optional<WorkerEvent> ReceiveReport(Parent& parent);
  static void CollectErrors(Parent& parent, std::vector<WorkerEvent>& events);

  base::EventLoop& loop_;
  Parent zygote_;
  Parent opener_;
  std::list<Worker> workers_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_WORKER_POOL_H_
