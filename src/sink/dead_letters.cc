// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/dead_letters.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/write_all.h"

namespace espcap::sink {
namespace {

std::string Reason(int error) { return std::generic_category().message(error); }

Result<std::string> FolderOf(const std::string& path) {
  std::error_code error;
  const auto target = std::filesystem::weakly_canonical(std::filesystem::absolute(path),
                                                        error);  // a link's is another
  if (error) return Fail("open dead letters {}: {}", path, error.message());
  return target.parent_path().native();
}

// Locked as long as this lives.
class Unlocker {
 public:
  explicit Unlocker(int file) : file_(file) {}
  ~Unlocker() { ::flock(file_, LOCK_UN); }
  Unlocker(const Unlocker&) = delete;
  Unlocker& operator=(const Unlocker&) = delete;

 private:
  int file_;
};

}  // namespace

Result<DeadLetters> DeadLetters::Open(std::string path, uint64_t max_bytes,
                                      base::WriteThread::StopWaitingFlag stop_waiting) {
  struct stat status {};
  const bool is_there = ::stat(path.c_str(), &status) == 0;
  if (is_there && !S_ISREG(status.st_mode)) {
    return Fail("open dead letters {}: not a regular file", path);
  }
  const Result<std::string> asked = is_there ? path : FolderOf(path);
  if (!asked) return tl::unexpected(asked.error());
  const int access = is_there ? R_OK | W_OK : W_OK | X_OK;
  if (::faccessat(AT_FDCWD, asked->c_str(), access, AT_EACCESS) != 0) {
    return Fail("open dead letters {}: {}", path, Reason(errno));
  }
  return DeadLetters(std::move(path), max_bytes, std::move(stop_waiting));
}

Result<size_t> DeadLetters::Append(std::span<const DeadLetter> letters) {
  if (letters.empty()) return 0;
  if (auto locked = Lock(); !locked) return Forward(std::move(locked));
  const Unlocker unlocker(file_.get());
  is_synced_ = false;
  return Write(letters.size(), [letters](size_t line) { return LetterLine(letters[line]); });
}

Result<void> DeadLetters::AppendLine(std::string_view line) {
  if (auto locked = Lock(); !locked) return locked;
  const Unlocker unlocker(file_.get());
  is_synced_ = false;
  const auto written = Write(1, [line](size_t /*line*/) { return std::string(line); });
  if (!written) return tl::unexpected(written.error());
  if (*written == 0) return Fail("dead letters {}: the file is full", path_);
  return {};
}

Result<void> DeadLetters::Lock() {
  constexpr int kFlags = O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  constexpr mode_t kMode = 0600;
  for (;;) {
    if (!file_.valid()) {
      file_ = base::FileDescriptor(::open(path_.c_str(), kFlags, kMode));
      is_name_synced_ = false;
    }
    struct stat status {};
    if (!file_.valid() || ::fstat(file_.get(), &status) != 0) {
      return Fail("open dead letters {}: {}", path_, Reason(errno));
    }
    if (!S_ISREG(status.st_mode)) {
      file_ = {};
      return Fail("open dead letters {}: not a regular file", path_);
    }
    while (::flock(file_.get(), *stop_waiting_ ? LOCK_EX | LOCK_NB : LOCK_EX) != 0) {
      if (errno == EWOULDBLOCK) {
        return Fail("lock dead letters {}: another program has it locked", path_);
      }
      if (errno != EINTR) return Fail("lock dead letters {}: {}", path_, Reason(errno));
    }
    if (HasTheName()) return {};
    file_ = {};
  }
}

bool DeadLetters::HasTheName() const {
  struct stat mine {};
  struct stat named {};
  return ::fstat(file_.get(), &mine) == 0 && ::stat(path_.c_str(), &named) == 0 &&
         mine.st_ino == named.st_ino && mine.st_dev == named.st_dev;
}

Result<size_t> DeadLetters::Write(size_t lines,
                                  const std::function<std::string(size_t line)>& line_of) const {
  const off_t end = ::lseek(file_.get(), 0, SEEK_END);
  char last = '\n';
  if (end < 0 || (end > 0 && ::pread(file_.get(), &last, 1, end - 1) != 1)) {
    return Fail("read dead letters {}: {}", path_, Reason(errno));
  }
  // A line that was cut off stays one of its own.
  std::string text = last == '\n' ? "" : "\n";
  size_t written = 0;
  for (size_t next = 0; next < lines; ++next) {
    const std::string line = line_of(next);
    if (static_cast<uint64_t>(end) + text.size() + line.size() > max_bytes_) break;
    text += line;
    ++written;
  }
  if (written == 0) return 0;
  if (const int error = base::WriteAll(file_.get(), text); error != 0) {
    const bool is_cut = ::ftruncate(file_.get(), end) == 0;
    return Fail("write dead letters {}: {}{}", path_, Reason(error),
                is_cut ? "" : "; a part of it could not be taken back");
  }
  return written;
}

Result<void> DeadLetters::Sync() {
  if (is_synced_ || !file_.valid()) return {};
  if (::fdatasync(file_.get()) != 0) {
    return Fail("write dead letters {}: {}", path_, Reason(errno));
  }
  if (!is_name_synced_) {
    const auto path = FolderOf(path_);
    if (!path) return tl::unexpected(path.error());
    const base::FileDescriptor folder(::open(path->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // EINVAL: a file system that can't, and so has nothing to wait for.
    is_name_synced_ = folder.valid() && (::fsync(folder.get()) == 0 || errno == EINVAL);
  }
  is_synced_ = is_name_synced_;
  if (is_synced_) return {};
  return Fail("write the directory of dead letters {}: {}", path_, Reason(errno));
}

}  // namespace espcap::sink
