// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/file_hasher.h"

#include <fcntl.h>
#include <gcrypt.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <system_error>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "process/child_files.h"
#include "process/stop_signals.h"
#include "process/syscall_filter.h"

namespace espcap::process {
namespace {

constexpr size_t kReadBytes = size_t{1} << 20U;

struct PathQuestion {
  std::array<char, PATH_MAX> path{};
};

struct HashAnswer {
  enum class Kind : uint32_t { kHashed, kNotRegular, kFailed };
  Kind kind = Kind::kFailed;
  HashedFile hashed;
  std::array<char, PATH_MAX + 256> failure{};
};

struct CloseHash {
  void operator()(gcry_md_handle* handle) const { gcry_md_close(handle); }
};

HashAnswer Hash(const PathQuestion& question, const base::FileDescriptor& file) {
  HashAnswer answer;
  const std::string path = question.path.data();
  const auto hashed = file.valid() ? HashOpenFile(file, path) : HashFile(path);
  if (!hashed) {
    hashed.error().message.copy(answer.failure.data(), answer.failure.size() - 1);
  } else if (*hashed) {
    answer.kind = HashAnswer::Kind::kHashed;
    answer.hashed = **hashed;
  } else {
    answer.kind = HashAnswer::Kind::kNotRegular;
  }
  return answer;
}

[[noreturn]] void Serve(Channel channel, const std::optional<Identity>& unprivileged,
                        bool sandbox) noexcept {
  ::prctl(PR_SET_NAME, "espcap-hasher");
  LeaveStopSignalsToSupervisor();
  auto ready = DropPrivileges(unprivileged, {.reading = true});
  if (ready && sandbox) ready = RestrictSystemCalls(Sockets::kNone);
  while (ready) {
    base::FileDescriptor file;
    const auto question = channel.Receive<PathQuestion>(&file);
    if (!question || !channel.Send(Hash(*question, file))) break;
  }
  ::_exit(0);
}

}  // namespace

Result<std::optional<HashedFile>> HashFile(const std::string& path) {
  // O_NONBLOCK: a FIFO opens at once, whether anyone writes to it or not.
  constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
  const base::FileDescriptor file(path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), kFlags));
  if (!file.valid()) return Fail("read {}: {}", path, std::generic_category().message(errno));
  return HashOpenFile(file, path);
}

Result<std::optional<HashedFile>> HashOpenFile(const base::FileDescriptor& file,
                                               const std::string& path) {
  const auto failed = [&path] {
    return Fail("read {}: {}", path, std::generic_category().message(errno));
  };
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failed();
  if (!S_ISREG(status.st_mode)) return std::optional<HashedFile>();

  gcry_check_version(nullptr);  // initialises libgcrypt
  gcry_md_hd_t opened = nullptr;
  if (gcry_md_open(&opened, GCRY_MD_SHA256, 0) != 0) return Fail("hash {}: out of memory", path);
  const std::unique_ptr<gcry_md_handle, CloseHash> hash(opened);
  std::vector<uint8_t> block(kReadBytes);
  for (off_t offset = 0;;) {
    const ssize_t count = ::pread(file.get(), block.data(), block.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed();
    if (count == 0) break;
    gcry_md_write(hash.get(), block.data(), static_cast<size_t>(count));
    offset += count;
  }
  HashedFile hashed;
  std::copy_n(gcry_md_read(hash.get(), GCRY_MD_SHA256), hashed.fingerprint.size(),
              hashed.fingerprint.begin());
  const base::FileIdentity before(status);
  if (::fstat(file.get(), &status) == 0 && base::FileIdentity(status) == before) {
    hashed.file = before;
  }
  return hashed;
}

Result<std::unique_ptr<FileHasher>> FileHasher::Start(const std::optional<Identity>& unprivileged,
                                                      bool sandbox) {
  // Files may be named by descriptors that the user has opened (/dev/fd/3): those stay.
  auto forked = ForkWithChannel([&](Channel channel) {
    ReplaceByNull({STDOUT_FILENO});
    Serve(std::move(channel), unprivileged, sandbox);
  });
  if (!forked) return Forward(std::move(forked));
  return std::unique_ptr<FileHasher>(
      new FileHasher(std::move(forked->first), std::move(forked->second)));
}

void FileHasher::Ask(std::string path, std::shared_ptr<const base::FileDescriptor> file,
                     Done done) {
  questions_.push_back({std::move(path), std::move(file), std::move(done)});
  if (questions_.size() == 1) SendFirst();
}

void FileHasher::SendFirst() {
  PathQuestion question;
  questions_.front().path.copy(question.path.data(), question.path.size() - 1);
  const auto& file = questions_.front().file;
  if (!channel_.Send(question, file == nullptr ? -1 : file->get())) FailAll();
}

void FileHasher::FailAll() {
  has_ended_ = true;
  for (const Question& question : std::exchange(questions_, {})) {
    question.done(Fail("hash {}: the process that does so has ended", question.path));
  }
}

void FileHasher::ReceiveAnswer() {
  const auto answer = channel_.Receive<HashAnswer>();
  if (!answer) return FailAll();
  if (questions_.empty()) return;
  const Question question = std::move(questions_.front());
  questions_.pop_front();
  if (!questions_.empty()) SendFirst();
  switch (answer->kind) {
    case HashAnswer::Kind::kHashed:
      return question.done(std::optional(answer->hashed));
    case HashAnswer::Kind::kNotRegular:
      return question.done(std::optional<HashedFile>());
    case HashAnswer::Kind::kFailed:
      break;
  }
  question.done(Fail("{}", std::string(answer->failure.data(),
                                       ::strnlen(answer->failure.data(), answer->failure.size()))));
}

}  // namespace espcap::process
