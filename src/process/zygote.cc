// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/zygote.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "process/huge_pages.h"
#include "process/stop_signals.h"

namespace espcap::process {
namespace {

// What Start() waits for.
struct Prepared {
  enum class Kind : uint32_t { kLogMessage, kReady, kFailed };
  Kind kind = Kind::kReady;
  LogMessage message;
};

sigset_t ChildSignal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  return set;
}

// `name`: as ps(1) shows it.
void BecomeChild(const char* name) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NAME, name);
  LeaveStopSignalsToSupervisor();
}

void ReportEnded(const Channel& channel) {
  for (int status = 0;;) {
    const pid_t process = ::waitpid(-1, &status, WNOHANG);
    if (process <= 0) return;
    static_cast<void>(channel.Send(WorkerReport{WorkerReport::Kind::kEnded, process, status}));
  }
}

const char* NameOf(Job::Role role) {
  switch (role) {
    case Job::Role::kReadStream:
      return "espcap-reader";
    case Job::Role::kCapture:
      return "espcap-capture";
    default:
      return "espcap-worker";
  }
}

// An exception that nobody catches ends this process here: further up is a copy of the parent's
// life, with all that it would tear down.
[[noreturn]] void LiveAsWorker(const Zygote::Roles& roles, const Job& job,
                               Channel channel) noexcept {
  roles.work(job, std::move(channel));
  // Nothing of the zygote's is torn down in a copy of it.
  ::_exit(0);
}

// Forks a worker for one job. The worker never returns from here, and has no part in what the
// zygote and the supervisor say to each other.
void ForkWorker(const Zygote::Roles& roles, const Channel& control, int signals, const Job& job,
                Channel channel, const sigset_t& inherited_mask) {
  const pid_t process = ::fork();
  if (process == 0) {
    ::close(control.fd());
    ::close(signals);
    BecomeChild(NameOf(job.role));
    sigprocmask(SIG_SETMASK, &inherited_mask, nullptr);
    LiveAsWorker(roles, job, std::move(channel));
  }
  // A worker that couldn't be made is one that has ended: its channel closes with this scope.
  const WorkerReport report{process < 0 ? WorkerReport::Kind::kEnded : WorkerReport::Kind::kStarted,
                            process, 0};
  static_cast<void>(control.Send(report));
}

// The zygote's life after its preparation, until the supervisor closes the channel.
void Serve(const Zygote::Roles& roles, const Channel& control) {
  const sigset_t child_signal = ChildSignal();
  sigset_t inherited_mask;
  sigprocmask(SIG_BLOCK, &child_signal, &inherited_mask);
  const base::FileDescriptor signals(::signalfd(-1, &child_signal, SFD_CLOEXEC | SFD_NONBLOCK));
  for (;;) {
    std::array<pollfd, 2> waits = {pollfd{control.fd(), POLLIN, 0},
                                   pollfd{signals.get(), POLLIN, 0}};
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
    if (waits[1].revents != 0) {
      signalfd_siginfo ignored{};
      while (::read(signals.get(), &ignored, sizeof(ignored)) > 0) continue;
      ReportEnded(control);
    }
    if (waits[0].revents != 0) {
      base::FileDescriptor socket;
      const auto job = control.Receive<Job>(&socket);
      if (!job) return;
      ForkWorker(roles, control, signals.get(), *job, Channel(std::move(socket)), inherited_mask);
    }
  }
}

// The last workers are leaving; their time belongs into the run's accounts (getrusage(2)). One that
// doesn't leave, stuck in a read, ends by the alarm.
void AwaitWorkers() {
  constexpr unsigned kPatienceSeconds = 2;
  ::alarm(kPatienceSeconds);
  while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) continue;
}

[[noreturn]] void Live(const Zygote::Roles& roles, const Channel& control) noexcept {
  BecomeChild("espcap-zygote");
  const auto send_log = [&control](const LogMessage& message) {
    static_cast<void>(control.Send(Prepared{Prepared::Kind::kLogMessage, message}));
  };
  if (roles.many_workers) AllocateInOnePiece();
  const auto prepared = roles.prepare(send_log);
  if (!prepared) {
    const LogMessage reason = LogMessage::Of(LogMessage::Level::kError, prepared.error().message);
    static_cast<void>(control.Send(Prepared{Prepared::Kind::kFailed, reason}));
    ::_exit(1);
  }
  if (roles.many_workers) GatherIntoHugePages();
  if (control.Send(Prepared{Prepared::Kind::kReady, {}})) Serve(roles, control);
  AwaitWorkers();
  ::_exit(0);
}

}  // namespace

Result<std::unique_ptr<Zygote>> Zygote::Start(const Roles& roles,
                                              const std::function<void(const LogMessage&)>& log) {
  auto ends = Channel::Pair();
  if (!ends) return Forward(std::move(ends));
  const pid_t process = ::fork();
  if (process < 0) return Fail("fork: {}", std::generic_category().message(errno));
  if (process == 0) {
    ends->first.Close();
    Live(roles, ends->second);
  }
  ends->second.Close();
  std::unique_ptr<Zygote> zygote(new Zygote(process, std::move(ends->first)));
  for (;;) {
    const auto answer = zygote->channel_.Receive<Prepared>();
    if (!answer) return Fail("start the dissection process: it ended at once");
    if (answer->kind == Prepared::Kind::kFailed) return Fail("{}", answer->message.Text());
    if (answer->kind == Prepared::Kind::kReady) return zygote;
    log(answer->message);
  }
}

Zygote::~Zygote() {
  channel_.Close();
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) continue;
}

Result<Channel> Zygote::Fork(const Job& job) {
  auto ends = Channel::Pair();
  if (!ends) return Forward(std::move(ends));
  if (!channel_.Send(job, ends->second.fd())) return Fail("the dissection process has ended");
  return std::move(ends->first);
}

std::optional<WorkerReport> Zygote::Receive() { return channel_.Receive<WorkerReport>(); }

}  // namespace espcap::process
