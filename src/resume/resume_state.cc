// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/resume_state.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace espcap::resume {
namespace {

constexpr size_t kReadBytes = size_t{1} << 16U;

std::string Reason(int error) { return std::generic_category().message(error); }

}  // namespace

Result<std::unique_ptr<ResumeState>> ResumeState::Open(std::string path, std::string_view purpose) {
  constexpr int kFlags = O_RDWR | O_CREAT | O_NOCTTY | O_CLOEXEC;
  constexpr mode_t kMode = 0644;
  base::FileDescriptor file(::open(path.c_str(), kFlags, kMode));
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) {
    return Fail("open resume state {}: {}", path, Reason(errno));
  }
  if (!S_ISREG(status.st_mode)) return Fail("open resume state {}: not a regular file", path);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return Fail("open resume state {}: it is in use by another espcap; let that one end first",
                  path);
    }
    return Fail("lock resume state {}: {}", path, Reason(errno));
  }
  std::unique_ptr<ResumeState> state(new ResumeState(std::move(path), std::move(file)));
  if (auto loaded = state->Load(purpose); !loaded) return Forward(std::move(loaded));
  return state;
}

Result<void> ResumeState::Write(const SettledCapture& capture, std::string_view name) {
  return Append(SettledLine(capture, name));
}

Result<void> ResumeState::Load(std::string_view purpose) {
  const std::string purpose_line = PurposeLine(purpose);
  if (auto read = ReadLines(purpose_line); !read) return read;
  if (whole_bytes_ > 0) return Cut();
  auto begun = Append(fmt::format("{}\n{}\n", kResumeFirstLine, purpose_line));
  if (!begun) return begun;
  return SyncDirectory();
}

Result<void> ResumeState::ReadLines(std::string_view purpose_line) {
  std::string text;  // read, and not yet a whole line
  size_t lines = 0;
  for (off_t offset = 0;;) {
    const size_t seen = text.size();
    text.resize(seen + kReadBytes);
    const ssize_t count = ::pread(file_.get(), text.data() + seen, kReadBytes, offset);
    text.resize(seen + static_cast<size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Fail("read resume state {}: {}", path_, Reason(errno));
    if (count == 0) return ParseTornLine(lines, text);
    offset += count;
    size_t begin = 0;
    for (size_t end = text.find('\n', seen); end != std::string::npos;
         end = text.find('\n', begin)) {
      const std::string_view line(text.data() + begin, end - begin);
      if (auto taken = ParseLine(++lines, line, purpose_line); !taken) return taken;
      begin = end + 1;
    }
    text.erase(0, begin);
    if (text.size() > kMaxResumeLineBytes) return ParseLine(lines + 1, text, purpose_line);
    whole_bytes_ = offset - static_cast<off_t>(text.size());
  }
}

Result<void> ResumeState::ParseLine(size_t number, std::string_view line,
                                    std::string_view purpose_line) {
  if (number == 1) {
    if (line == kResumeFirstLine) return {};
    if (line.starts_with(kResumeMagic)) {
      return Fail("open resume state {}: written by another version of espcap; use another file",
                  path_);
    }
    return Fail("open resume state {}: it is something else, and left as it is; use another file",
                path_);
  }
  if (number == 2) {
    if (line == purpose_line) return {};
    return Fail(
        "open resume state {}: made by a run with other options (destination, filter, …); use "
        "another file, or delete it to begin again",
        path_);
  }
  const auto capture = ParseSettledLine(line);
  if (!capture) {
    return Fail(
        "read resume state {}: line {} is damaged; delete that line (its capture is then read "
        "again), or the file to begin again",
        path_, number);
  }
  settled_[capture->fingerprint] |= capture->is_acknowledged;
  return {};
}

Result<void> ResumeState::ParseTornLine(size_t whole_lines, std::string_view text) {
  if (whole_lines == 0 && !kResumeFirstLine.starts_with(text)) return ParseLine(1, text, {});
  if (whole_lines < 2) whole_bytes_ = 0;  // a head that was never whole: nothing was settled yet
  must_be_cut_ = was_torn_ = !text.empty() || whole_lines == 1;
  return {};
}

Result<void> ResumeState::Cut() {
  if (must_be_cut_ && ::ftruncate(file_.get(), whole_bytes_) != 0) {
    return Fail("cut resume state {} back to its whole lines: {}", path_, Reason(errno));
  }
  must_be_cut_ = false;
  return {};
}

Result<void> ResumeState::Append(std::string_view text) {
  if (auto cut = Cut(); !cut) return cut;
  const auto end = whole_bytes_ + static_cast<off_t>(text.size());
  int error = 0;
  for (off_t offset = whole_bytes_; offset < end && error == 0;) {
    const auto left = text.substr(static_cast<size_t>(offset - whole_bytes_));
    const ssize_t count = ::pwrite(file_.get(), left.data(), left.size(), offset);
    if (count >= 0) {
      offset += count;
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (error == 0 && ::fdatasync(file_.get()) != 0) error = errno;
  if (error != 0) {
    must_be_cut_ = true;
    static_cast<void>(Cut());  // if it fails, the next call does it, or the next run
    return Fail("write resume state {}: {}", path_, Reason(error));
  }
  whole_bytes_ = end;
  return {};
}

Result<void> ResumeState::SyncDirectory() const {
  std::error_code error;
  const auto target = std::filesystem::canonical(path_, error);  // a link's directory is another
  const base::FileDescriptor directory(
      ::open(target.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // EINVAL: a file system that can't, and so has nothing to wait for.
  if (!error && directory.valid() && (::fsync(directory.get()) == 0 || errno == EINVAL)) return {};
  return Fail("write directory of resume state {}: {}", path_,
              error ? error.message() : Reason(errno));
}

}  // namespace espcap::resume
