// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/zygote.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <set>
#include <system_error>
#include <utility>

#include "process/child_files.h"
#include "process/child_process.h"
#include "process/huge_pages.h"
#include "process/stop_signals.h"

namespace espcap::process {
namespace {

constexpr size_t kMaxErrorBytes = 4096;  // at once
constexpr unsigned kReplySeconds = 300;  // from the question on, on a busy machine
constexpr std::chrono::seconds kEndTime{5};

// A sanitizer's report is better whole, on standard error.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kRedirectsErrors = false;
#else
constexpr bool kRedirectsErrors = true;
#endif

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

void ReportEnded(const Channel& channel, std::set<pid_t>& workers) {
  for (int status = 0;;) {
    const pid_t process = ::waitpid(-1, &status, WNOHANG);
    if (process <= 0) return;
    if (workers.erase(process) == 0) continue;  // a replier: its socket says how it ended
    static_cast<void>(channel.Send(WorkerReport{WorkerReport::Kind::kEnded, process, status, 0}));
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
pid_t ForkWorker(const Zygote::Roles& roles, const Channel& control, int signals, const Job& job,
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
                            process, 0, process < 0 ? errno : 0};
  static_cast<void>(control.Send(report));
  return process;
}

// It doesn't end with the zygote, but with its reader. One that couldn't be made has said nothing:
// its socket closes.
void ForkReplier(const Zygote::Roles& roles, const base::FileDescriptor& socket,
                 const sigset_t& inherited_mask) {
  if (::fork() != 0) return;
  [&]() noexcept {
    ::prctl(PR_SET_NAME, "espcap-reply");
    sigprocmask(SIG_SETMASK, &inherited_mask, nullptr);
    CloseAllBut({socket.get()});
    ReplaceByNull({STDIN_FILENO});
    if (AwaitQuestion(socket.get())) {
      ::alarm(kReplySeconds);
      WriteReply(socket.get(), roles.reply());
    }
    ::_exit(0);
  }();
}

// Calls for the looks of a watch when they are due.
class Follower {
 public:
  explicit Follower(Zygote::Watch watch) : watch_(std::move(watch)) {}

  [[nodiscard]] int fd() const { return watch_.fd; }  // -1: there is nothing
  // As poll(2) wants it.
  [[nodiscard]] int MsToNextLook() const {
    if (!watch_.look) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_ - Clock::now());
    return static_cast<int>(std::max<int64_t>(left.count(), 0));
  }
  void LookIfDue(bool is_readable) {
    if (!watch_.look || (!is_readable && Clock::now() < next_)) return;
    watch_.look();
    next_ = Clock::now() + watch_.interval;
  }

 private:
  using Clock = std::chrono::steady_clock;

  Zygote::Watch watch_;
  Clock::time_point next_;  // at once
};

// Process ids that nobody else can have: they aren't waited for yet.
using Workers = std::set<pid_t>;

// The zygote's life after its preparation, until the supervisor closes the channel. Gives the
// workers that are left.
Workers Serve(const Zygote::Roles& roles, const Channel& control) {
  const sigset_t child_signal = ChildSignal();
  sigset_t inherited_mask;
  sigprocmask(SIG_BLOCK, &child_signal, &inherited_mask);
  const base::FileDescriptor signals(::signalfd(-1, &child_signal, SFD_CLOEXEC | SFD_NONBLOCK));
  Workers workers;
  Follower follower(roles.watch ? roles.watch() : Zygote::Watch{});
  for (;;) {
    std::array<pollfd, 3> waits = {pollfd{control.fd(), POLLIN, 0},
                                   pollfd{signals.get(), POLLIN, 0},
                                   pollfd{follower.fd(), POLLIN, 0}};
    if (::poll(waits.data(), waits.size(), follower.MsToNextLook()) < 0 && errno != EINTR) {
      return workers;
    }
    follower.LookIfDue(waits[2].revents != 0);
    if (waits[1].revents != 0) {
      signalfd_siginfo ignored{};
      while (::read(signals.get(), &ignored, sizeof(ignored)) > 0) continue;
      ReportEnded(control, workers);
    }
    if (waits[0].revents != 0) {
      base::FileDescriptor given;
      const auto request = control.Receive<ZygoteRequest>(&given);
      if (!request) return workers;
      if (request->kind == ZygoteRequest::Kind::kReply) {
        ForkReplier(roles, given, inherited_mask);
        continue;
      }
      if (request->kind == ZygoteRequest::Kind::kSignal) {
        if (workers.contains(request->process)) ::kill(request->process, request->signal);
        continue;
      }
      const pid_t worker = ForkWorker(roles, control, signals.get(), request->job,
                                      Channel(std::move(given)), inherited_mask);
      if (worker > 0) workers.insert(worker);
    }
  }
}

// The last workers are leaving; their time belongs into the run's accounts (getrusage(2)). One that
// doesn't leave, stuck in a read, ends by the alarm.
void AwaitWorkers(const Workers& workers) {
  constexpr unsigned kPatienceSeconds = 2;
  ::alarm(kPatienceSeconds);
  for (const pid_t worker : workers) {
    while (::waitpid(worker, nullptr, 0) < 0 && errno == EINTR) continue;
  }
}

// What libraries print is the supervisor's to show, and nobody's documents.
void UseStandardStreams(int errors) {
  ReplaceByNull({STDOUT_FILENO});
  if (errors >= 0) ::dup2(errors, STDERR_FILENO);
}

[[noreturn]] void Live(const Zygote::Roles& roles, const Channel& control, int errors) noexcept {
  BecomeChild(roles.name);
  UseStandardStreams(errors);
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
  if (control.Send(Prepared{Prepared::Kind::kReady, {}})) AwaitWorkers(Serve(roles, control));
  ::_exit(0);
}

}  // namespace

Result<std::unique_ptr<Zygote>> Zygote::Start(const Roles& roles,
                                              const std::function<void(const LogMessage&)>& log) {
  auto ends = Channel::Pair();
  if (!ends) return Forward(std::move(ends));
  std::array<int, 2> errors{-1, -1};
  if (kRedirectsErrors && ::pipe2(errors.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    return Fail("make a pipe: {}", std::generic_category().message(errno));
  }
  base::FileDescriptor errors_read(errors[0]);
  const base::FileDescriptor errors_write(errors[1]);
  const pid_t process = ::fork();
  if (process < 0) return Fail("fork: {}", std::generic_category().message(errno));
  if (process == 0) {
    ends->first.Close();
    Live(roles, ends->second, errors_write.get());
  }
  ends->second.Close();
  std::unique_ptr<Zygote> zygote(
      new Zygote(process, std::move(ends->first), std::move(errors_read)));
  for (;;) {
    const auto answer = zygote->channel_.Receive<Prepared>();
    if (!answer) return Fail("start the dissection process: it ended at once");
    if (answer->kind == Prepared::Kind::kFailed) return Fail("{}", answer->message.Text());
    if (answer->kind == Prepared::Kind::kReady) return zygote;
    log(answer->message);
  }
}

std::unique_ptr<Zygote> Zygote::Over(Channel channel) {
  return std::unique_ptr<Zygote>(new Zygote(0, std::move(channel), {}));
}

Zygote::~Zygote() {
  channel_.Close();
  if (process_ == 0) return;
  AwaitEnd(process_, kEndTime);
}

void Zygote::ReleaseInChild() {
  channel_.Close();
  errors_ = {};
}

Result<Channel> Zygote::Fork(const Job& job) {
  auto ends = Channel::Pair();
  if (!ends) return Forward(std::move(ends));
  ZygoteRequest request;
  request.job = job;
  if (!channel_.TrySend(request, ends->second.fd())) {
    return Fail("the dissection process has ended");
  }
  return std::move(ends->first);
}

Result<ReplyReader> Zygote::OpenReply() const {
  auto ends = ReplyReader::Open();
  if (!ends) return Forward(std::move(ends));
  ZygoteRequest request;
  request.kind = ZygoteRequest::Kind::kReply;
  if (!channel_.TrySend(request, ends->second.get())) {
    return Fail("the dissection process has ended");
  }
  return std::move(ends->first);
}

void Zygote::Signal(pid_t process, int signal) const {
  ZygoteRequest request;
  request.kind = ZygoteRequest::Kind::kSignal;
  request.process = process;
  request.signal = signal;
  static_cast<void>(channel_.TrySend(request));
}

std::string Zygote::ReadErrors() const {
  std::string text(kMaxErrorBytes, '\0');
  const ssize_t bytes = ::read(errors_.get(), text.data(), text.size());
  text.resize(static_cast<size_t>(std::max<ssize_t>(bytes, 0)));
  return text;
}

std::optional<WorkerReport> Zygote::Receive() { return channel_.Receive<WorkerReport>(); }

}  // namespace espcap::process
