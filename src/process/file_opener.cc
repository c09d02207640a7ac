// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/file_opener.h"

#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <deque>
#include <system_error>

#include "process/child_files.h"
#include "process/stop_signals.h"
#include "process/syscall_filter.h"

namespace espcap::process {
namespace {

constexpr size_t kTextBytes = PATH_MAX + 256;

// Supervisor to opener; an empty path only lets go of the file before.
struct HoldRequest {
  std::array<char, PATH_MAX> path{};
};

// The folder's descriptor comes with it where the file could be opened.
struct HoldAnswer {
  int error = 0;
  base::FileIdentity file;
  base::Writers writers = base::Writers::kUnknown;
};

// Opener to supervisor, first of all: whether its watches are open; with each of these its channel.
struct OpenerReady {
  bool is_failure = false;
  uint32_t watches = 0;
  std::array<char, kTextBytes> failure{};
};

// What a watch has found.
struct WatchMessage {
  enum class Kind : uint32_t { kFile, kProblem, kEnd };

  Kind kind = Kind::kFile;
  std::array<char, kTextBytes> text{};

  static WatchMessage Of(Kind kind, const std::string& text) {
    WatchMessage message;
    message.kind = kind;
    text.copy(message.text.data(), message.text.size() - 1);
    return message;
  }
};

// One that another process follows.
class WatchElsewhere : public FileWatch {
 public:
  explicit WatchElsewhere(Channel channel) : channel_(std::move(channel)) {}

  [[nodiscard]] int fd() const override { return channel_.fd(); }
  [[nodiscard]] Result<Arrivals> ReadArrivals() override {
    constexpr int kMaxMessages = 256;  // at once; the caller comes again where there are more
    Arrivals arrivals;
    for (int count = 0; !end_ && count != kMaxMessages && HasMessage(); ++count) {
      const auto message = channel_.Receive<WatchMessage>();
      std::string text(message ? message->text.data()
                               : "watch directories: the process that does so has ended");
      const auto kind = message ? message->kind : WatchMessage::Kind::kEnd;
      if (kind == WatchMessage::Kind::kFile) {
        arrivals.files.push_back(std::move(text));
      } else if (kind == WatchMessage::Kind::kProblem) {
        arrivals.problems.push_back(std::move(text));
      } else {
        end_ = std::move(text);
      }
    }
    // What it has found comes first: the channel is readable as long as it is closed.
    if (end_ && arrivals.files.empty() && arrivals.problems.empty()) return Fail("{}", *end_);
    return arrivals;
  }

 private:
  [[nodiscard]] bool HasMessage() const {
    pollfd readable{channel_.fd(), POLLIN, 0};
    return ::poll(&readable, 1, 0) > 0;
  }

  Channel channel_;
  std::optional<std::string> end_;  // why there is nothing more
};

// A watch and what it has found that isn't sent yet. It is asked again only once all is.
struct Followed {
  std::unique_ptr<FileWatch> watch;  // null: it has ended
  Channel channel;
  std::deque<WatchMessage> unsent;
};

void Ask(Followed& followed) {
  auto arrivals = followed.watch->ReadArrivals();
  if (!arrivals) {
    followed.unsent.push_back(WatchMessage::Of(WatchMessage::Kind::kEnd, arrivals.error().message));
    followed.watch.reset();
    return;
  }
  for (const std::string& problem : arrivals->problems) {
    followed.unsent.push_back(WatchMessage::Of(WatchMessage::Kind::kProblem, problem));
  }
  for (const std::string& path : arrivals->files) {
    followed.unsent.push_back(WatchMessage::Of(WatchMessage::Kind::kFile, path));
  }
}

void SendSome(Followed& followed) {
  while (!followed.unsent.empty() && followed.channel.TrySend(followed.unsent.front())) {
    followed.unsent.pop_front();
  }
}

pollfd WaitOf(const Followed& followed) {
  if (!followed.unsent.empty()) return {followed.channel.fd(), POLLOUT, 0};
  return {followed.watch == nullptr ? -1 : followed.watch->fd(), POLLIN, 0};
}

// False where the supervisor is gone.
bool AnswerHold(const Channel& control, base::HeldFile& held) {
  const auto request = control.Receive<HoldRequest>();
  if (!request) return false;
  held = {};  // first of all: it is the same file, perhaps
  const std::string path = request->path.data();
  if (path.empty()) return true;
  held = base::HoldFileHere(path);
  return control.Send(HoldAnswer{held.error, held.file, held.writers},
                      held.error == 0 ? held.folder.get() : -1);
}

void Serve(const Channel& control, std::vector<Followed>& followed) {
  base::HeldFile held;
  for (;;) {
    std::vector<pollfd> waits = {{control.fd(), POLLIN, 0}};
    for (const Followed& one : followed) waits.push_back(WaitOf(one));
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
    if (waits[0].revents != 0 && !AnswerHold(control, held)) return;
    for (size_t at = 0; at < followed.size(); ++at) {
      if (waits[at + 1].revents == 0) continue;
      Followed& one = followed[at];
      if (one.unsent.empty() && one.watch != nullptr) Ask(one);
      SendSome(one);
      // All is said, or nobody listens.
      if (one.unsent.empty() && one.watch == nullptr) one = {};
      if ((waits[at + 1].revents & (POLLERR | POLLHUP)) != 0 && !one.unsent.empty()) one = {};
    }
  }
}

// Their channels' other ends go to the supervisor.
Result<std::vector<Followed>> Begin(const Channel& control, FileOpener::Watches watches) {
  std::vector<Followed> followed;
  if (!control.Send(OpenerReady{false, static_cast<uint32_t>(watches.size()), {}})) {
    return Fail("it is gone");
  }
  for (auto& watch : watches) {
    auto ends = Channel::Pair();
    if (!ends) return Forward(std::move(ends));
    if (!control.Send(OpenerReady{}, ends->first.fd())) return Fail("it is gone");
    followed.push_back({std::move(watch), std::move(ends->second), {}});
  }
  return followed;
}

[[noreturn]] void Live(const Channel& control, const std::optional<Identity>& identity,
                       const std::function<Result<FileOpener::Watches>()>& open_watches) noexcept {
  ::prctl(PR_SET_NAME, "espcap-opener");
  LeaveStopSignalsToSupervisor();
  auto ready = DropPrivileges(identity, {.reading = true, .leases = true, .groups = true});
  if (ready) ready = ForbidSystemCalls();
  auto watches =
      ready ? open_watches() : Result<FileOpener::Watches>(tl::unexpected(ready.error()));
  if (!watches) {
    OpenerReady failed{true, 0, {}};
    watches.error().message.copy(failed.failure.data(), failed.failure.size() - 1);
    static_cast<void>(control.Send(failed));
    ::_exit(1);
  }
  if (auto followed = Begin(control, std::move(*watches))) Serve(control, *followed);
  ::_exit(0);
}

}  // namespace

Result<std::unique_ptr<FileOpener>> FileOpener::Start(
    const std::optional<Identity>& identity, const std::function<Result<Watches>()>& open_watches) {
  auto forked = ForkWithChannel([&](const Channel& control) {
    CloseAllBut({control.fd()});
    ReplaceByNull({STDIN_FILENO, STDOUT_FILENO});
    Live(control, identity, open_watches);
  });
  if (!forked) return Forward(std::move(forked));
  std::unique_ptr<FileOpener> opener(
      new FileOpener(std::move(forked->first), std::move(forked->second)));
  const auto ready = opener->channel_.Receive<OpenerReady>();
  if (ready && ready->is_failure) return Fail("{}", std::string(ready->failure.data()));
  for (uint32_t count = 0; ready && count < ready->watches; ++count) {
    base::FileDescriptor channel;
    if (!opener->channel_.Receive<OpenerReady>(&channel) || !channel.valid()) break;
    opener->watches_.push_back(std::make_unique<WatchElsewhere>(Channel(std::move(channel))));
  }
  if (!ready || opener->watches_.size() != ready->watches) {
    return Fail("start the process that opens files: it ended at once");
  }
  return opener;
}

base::HeldFile FileOpener::Hold(const std::string& path) {
  HoldRequest request;
  path.copy(request.path.data(), request.path.size() - 1);
  base::HeldFile held;
  std::optional<HoldAnswer> answer;
  if (path.empty() || path.size() >= request.path.size()) {
    held.error = ENAMETOOLONG;
    return held;
  }
  if (channel_.Send(request)) answer = channel_.Receive<HoldAnswer>(&held.folder);
  held.error = answer ? answer->error : EPIPE;
  if (!answer || held.error != 0) return held;
  if (!held.folder.valid()) {
    held.error = EMFILE;  // there was no room for it here
    return held;
  }
  held.file = answer->file;
  held.writers = answer->writers;
  // The opener lets go of it when it is asked to.
  held.lease = std::shared_ptr<void>(
      nullptr, [this](void*) { static_cast<void>(channel_.Send(HoldRequest{})); });
  return held;
}

void FileOpener::ReleaseInChild() {
  watches_.clear();
  channel_.Close();
}

}  // namespace espcap::process
