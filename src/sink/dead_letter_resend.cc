// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/dead_letter_resend.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace espcap::sink {
namespace {

constexpr size_t kPieceBytes = size_t{1} << 16U;

std::string Reason(int error) { return std::generic_category().message(error); }

bool IsSameFile(int file, const std::string& path) {
  struct stat mine {};
  struct stat named {};
  return ::fstat(file, &mine) == 0 && ::stat(path.c_str(), &named) == 0 &&
         mine.st_ino == named.st_ino && mine.st_dev == named.st_dev;
}

bool LockWaiting(int file, int kind) {
  while (::flock(file, kind) != 0) {
    if (errno != EINTR) return false;
  }
  return true;
}

}  // namespace

DeadLetterResend::DeadLetterResend(std::string path, Report report, size_t max_line_bytes)
    : path_(std::move(path)),
      remains_path_(path_ + ".resend"),
      report_(std::move(report)),
      max_line_bytes_(max_line_bytes) {}

DeadLetterResend::~DeadLetterResend() {
  if (remains_.valid()) ::unlink(remains_path_.c_str());
}

Result<std::unique_ptr<DeadLetterResend>> DeadLetterResend::Open(const std::string& path,
                                                                 Report report,
                                                                 size_t max_line_bytes) {
  std::error_code error;
  const auto target = std::filesystem::canonical(path, error);  // a link stays one
  if (error) return Fail("open dead letters {}: {}", path, error.message());
  std::unique_ptr<DeadLetterResend> resend(
      new DeadLetterResend(target.native(), std::move(report), max_line_bytes));
  if (auto locked = resend->LockRemains(); !locked) return Forward(std::move(locked));
  if (auto opened = resend->OpenLetters(); !opened) return Forward(std::move(opened));
  return resend;
}

Result<void> DeadLetterResend::LockRemains() {
  constexpr int kFlags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  constexpr mode_t kMode = 0600;
  // One that was put into FILE's place, or deleted, before it was locked is of no use.
  base::FileDescriptor file;
  do {
    file = base::FileDescriptor(::open(remains_path_.c_str(), kFlags, kMode));
    if (!file.valid()) return Fail("open {}: {}", remains_path_, Reason(errno));
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return Fail("lock {}: {}", remains_path_, Reason(errno));
      return Fail("open dead letters {}: another resend is at work on it; let that one end first",
                  path_);
    }
  } while (!IsSameFile(file.get(), remains_path_));
  remains_ = std::move(file);
  if (::ftruncate(remains_.get(), 0) == 0) return {};
  return Fail("empty {}: {}", remains_path_, Reason(errno));
}

Result<void> DeadLetterResend::OpenLetters() {
  letters_ = base::FileDescriptor(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (!letters_.valid() || ::fstat(letters_.get(), &status) != 0) {
    return Fail("open dead letters {}: {}", path_, Reason(errno));
  }
  if (!S_ISREG(status.st_mode)) return Fail("open dead letters {}: not a regular file", path_);
  constexpr mode_t kModeBits = 07777;
  if (::fchown(remains_.get(), status.st_uid, status.st_gid) != 0 ||
      ::fchmod(remains_.get(), status.st_mode & kModeBits) != 0) {
    return Fail("give {} the owner and mode of {}: {}; run it as the owner", remains_path_, path_,
                Reason(errno));
  }
  // Nobody is in the middle of an append when the end is looked for.
  if (!LockWaiting(letters_.get(), LOCK_SH) || ::fstat(letters_.get(), &status) != 0 ||
      ::flock(letters_.get(), LOCK_UN) != 0) {
    return Fail("lock dead letters {}: {}", path_, Reason(errno));
  }
  end_ = static_cast<uint64_t>(status.st_size);
  return {};
}

Result<std::vector<DeadLetterResend::Taken>> DeadLetterResend::NextLetters(size_t max_letters,
                                                                           size_t max_bytes) {
  assert(max_letters > 0);
  std::vector<Taken> taken;
  size_t bytes = 0;
  while (taken.size() < max_letters) {
    if (!held_back_) {
      auto next = NextLetter();
      if (!next) return Forward(std::move(next));
      if (!*next) break;
      held_back_ = std::move(*next);
    }
    bytes += held_back_->letter.document.size();
    if (!taken.empty() && bytes > max_bytes) break;
    taken.push_back(std::move(*held_back_));
    held_back_.reset();
  }
  return taken;
}

Result<std::optional<DeadLetterResend::Taken>> DeadLetterResend::NextLetter() {
  for (;;) {
    auto line = NextLine();
    if (!line) return Forward(std::move(line));
    if (!*line) return std::nullopt;
    const auto& [place, text] = **line;
    if (text.empty()) continue;
    auto letter = ParseLetterLine(text);
    // A line feed within would end the document, and begin an action that nobody has checked.
    if (letter && letter->document.find('\n') != std::string::npos) {
      letter = Fail("its document isn't one line");
    }
    if (letter) {
      open_.emplace(line_number_, place);
      return Taken{line_number_, std::move(*letter)};
    }
    if (auto kept = KeepBadLine(text, letter.error().message); !kept) {
      return Forward(std::move(kept));
    }
  }
}

Result<std::optional<DeadLetterResend::Line>> DeadLetterResend::NextLine() {
  for (size_t searched = consumed_;;) {
    const size_t newline = buffer_.find('\n', searched);
    const bool is_whole = newline != std::string::npos;
    const size_t line_end = is_whole ? newline : buffer_.size();
    if (line_end - consumed_ > max_line_bytes_) {
      if (auto kept = KeepLongLine(); !kept) return Forward(std::move(kept));
      searched = consumed_;
      continue;
    }
    if (is_whole || buffer_begin_ + buffer_.size() == end_) {
      if (!is_whole && line_end == consumed_) return std::nullopt;
      ++line_number_;
      const size_t begin = std::exchange(consumed_, line_end + (is_whole ? 1 : 0));
      const Place place = {buffer_begin_ + begin, line_end - begin};
      return Line{place, {buffer_.data() + begin, line_end - begin}};
    }
    searched = buffer_.size() - consumed_;
    if (auto read = ReadMore(); !read) return Forward(std::move(read));
  }
}

// Drops what is consumed, and puts the next piece behind what isn't.
Result<void> DeadLetterResend::ReadMore() {
  buffer_.erase(0, consumed_);
  buffer_begin_ += std::exchange(consumed_, 0);
  const size_t seen = buffer_.size();
  const uint64_t from = buffer_begin_ + seen;
  buffer_.resize(seen + static_cast<size_t>(std::min<uint64_t>(kPieceBytes, end_ - from)));
  ssize_t count = 0;
  do {
    count = ::pread(letters_.get(), buffer_.data() + seen, buffer_.size() - seen,
                    static_cast<off_t>(from));
  } while (count < 0 && errno == EINTR);
  const int error = errno;
  buffer_.resize(seen + static_cast<size_t>(std::max<ssize_t>(count, 0)));
  if (count > 0) return {};
  return Fail("read dead letters {}: {}", path_,
              count == 0 ? "it has become shorter" : Reason(error));
}

Result<void> DeadLetterResend::KeepBadLine(std::string_view text, const std::string& why) {
  ++counts_.bad_lines;
  report_(fmt::format("dead letters {}: line {} is no letter ({}); it is kept", path_, line_number_,
                      why));
  if (auto written = Write(text); !written) return written;
  return Write("\n");
}

// Passes a line on that is too long to be held.
Result<void> DeadLetterResend::KeepLongLine() {
  ++line_number_;
  for (;;) {
    const size_t newline = buffer_.find('\n', consumed_);
    const bool is_whole = newline != std::string::npos;
    const size_t line_end = is_whole ? newline : buffer_.size();
    const std::string_view part = {buffer_.data() + consumed_, line_end - consumed_};
    consumed_ = line_end + (is_whole ? 1 : 0);
    if (is_whole || buffer_begin_ + buffer_.size() == end_) return KeepBadLine(part, "too long");
    if (auto written = Write(part); !written) return written;
    if (auto read = ReadMore(); !read) return read;
  }
}

void DeadLetterResend::MarkDelivered(uint64_t line) {
  [[maybe_unused]] const size_t erased = open_.erase(line);
  assert(erased == 1);
  ++counts_.landed;
}

Result<void> DeadLetterResend::Remains(uint64_t line, const DeadLetter& letter) {
  [[maybe_unused]] const size_t erased = open_.erase(line);
  assert(erased == 1);
  ++counts_.refused_again;
  return Write(LetterLine(letter));
}

Result<void> DeadLetterResend::Finish() {
  for (const auto& [line, place] : open_) {
    if (auto copied = Copy(place.begin, place.begin + place.bytes); !copied) return copied;
    if (auto ended = Write("\n"); !ended) return ended;
    ++counts_.not_sent;
  }
  for (;;) {
    auto line = NextLine();
    if (!line) return Forward(std::move(line));
    if (!*line) break;
    if ((*line)->text.empty()) continue;
    if (auto written = Write((*line)->text); !written) return written;
    if (auto written = Write("\n"); !written) return written;
    ++counts_.not_sent;
  }
  // It may be a file of another kind, named by mistake.
  if (counts_.landed == 0 && counts_.refused_again == 0) return {};
  // The greater part is on disk before anybody has to wait.
  if (auto synced = SyncRemains(); !synced) return synced;
  return ReplaceFile();
}

Result<void> DeadLetterResend::ReplaceFile() {
  if (!LockWaiting(letters_.get(), LOCK_EX)) {
    return Fail("lock dead letters {}: {}", path_, Reason(errno));
  }
  struct stat status {};
  if (::fstat(letters_.get(), &status) != 0 || !IsSameFile(letters_.get(), path_)) {
    return Fail("replace dead letters {}: it is another file now, and left as it is", path_);
  }
  const auto end = static_cast<uint64_t>(status.st_size);
  if (auto copied = Copy(end_, std::max(end, end_)); !copied) return copied;
  if (auto synced = SyncRemains(); !synced) return synced;
  if (std::rename(remains_path_.c_str(), path_.c_str()) != 0) {
    return Fail("replace dead letters {}: {}", path_, Reason(errno));
  }
  const base::FileDescriptor folder(::open(std::filesystem::path(path_).parent_path().c_str(),
                                           O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const bool is_synced = folder.valid() && (::fsync(folder.get()) == 0 || errno == EINVAL);
  const int error = errno;
  // Both locks are given up: an append that waits for one looks for the name again.
  remains_ = {};
  letters_ = {};
  if (is_synced) return {};
  return Fail("write the directory of dead letters {}: {}", path_, Reason(error));
}

Result<void> DeadLetterResend::Copy(uint64_t begin, uint64_t end) {
  std::string piece;
  while (begin < end) {
    piece.resize(static_cast<size_t>(std::min<uint64_t>(kPieceBytes, end - begin)));
    const ssize_t count =
        ::pread(letters_.get(), piece.data(), piece.size(), static_cast<off_t>(begin));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Fail("read dead letters {}: {}", path_, Reason(errno));
    if (count == 0) return Fail("read dead letters {}: it has become shorter", path_);
    begin += static_cast<uint64_t>(count);
    if (auto written = Write({piece.data(), static_cast<size_t>(count)}); !written) return written;
  }
  return {};
}

Result<void> DeadLetterResend::Write(std::string_view text) {
  unwritten_ += text;
  return unwritten_.size() < kPieceBytes ? Result<void>() : Flush();
}

Result<void> DeadLetterResend::Flush() {
  while (!unwritten_.empty()) {
    const ssize_t count = ::write(remains_.get(), unwritten_.data(), unwritten_.size());
    if (count >= 0) {
      unwritten_.erase(0, static_cast<size_t>(count));
    } else if (errno != EINTR) {
      return Fail("write {}: {}", remains_path_, Reason(errno));
    }
  }
  return {};
}

Result<void> DeadLetterResend::SyncRemains() {
  if (auto flushed = Flush(); !flushed) return flushed;
  if (::fdatasync(remains_.get()) == 0) return {};
  return Fail("write {}: {}", remains_path_, Reason(errno));
}

}  // namespace espcap::sink
