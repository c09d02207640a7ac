// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/write_all.h"

namespace espcap::sink {
namespace {

constexpr size_t kPieceBytes = size_t{64} * 1024;

std::string Reason(int error) {
  if (error == EPIPE) return "the program that reads it has ended";
  return std::generic_category().message(error);
}

// Moves to the end of the last whole line of a file that a crash may have cut off, and takes away
// what is behind it. Sets errno where it fails.
bool ContinueAfterLastLine(int file) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return false;
  if (!S_ISREG(status.st_mode)) return true;
  std::array<char, kPieceBytes> piece;
  off_t end = status.st_size;
  while (end > 0) {
    const off_t begin =
        end > static_cast<off_t>(kPieceBytes) ? end - static_cast<off_t>(kPieceBytes) : 0;
    const ssize_t count = ::pread(file, piece.data(), static_cast<size_t>(end - begin), begin);
    if (count <= 0) return false;
    const std::string_view text(piece.data(), static_cast<size_t>(count));
    if (const size_t newline = text.rfind('\n'); newline != std::string_view::npos) {
      end = begin + static_cast<off_t>(newline) + 1;
      break;
    }
    end = begin;
  }
  return ::ftruncate(file, end) == 0 && ::lseek(file, end, SEEK_SET) == end;
}

}  // namespace

Compression CompressionOf(std::string_view path) {
  if (path.ends_with(".gz")) return Compression::kGzip;
  if (path.ends_with(".zst")) return Compression::kZstd;
  return Compression::kNone;
}

Result<std::unique_ptr<OutputFile>> OutputFile::Open(
    const std::string& path, Existing existing, base::WriteThread::StopWaitingFlag stop_waiting) {
  constexpr mode_t kMode = 0644;
  const bool is_stdout = path == "-";
  const bool is_kept = existing == Existing::kKeep && !is_stdout;
  const int flags = O_CREAT | O_CLOEXEC | (is_kept ? O_RDWR : O_WRONLY | O_TRUNC);
  base::FileDescriptor file(is_stdout ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
                                      : ::open(path.c_str(), flags, kMode));
  std::string name = is_stdout ? "standard output" : path;
  if (!file.valid() || (is_kept && !ContinueAfterLastLine(file.get()))) {
    return Fail("open {} for writing: {}", name, Reason(errno));
  }
  return std::unique_ptr<OutputFile>(new OutputFile(std::move(name), std::move(file),
                                                    CompressionOf(path), std::move(stop_waiting)));
}

OutputFile::OutputFile(std::string name, base::FileDescriptor file, Compression compression,
                       base::WriteThread::StopWaitingFlag stop_waiting)
    : name_(std::move(name)),
      file_(std::move(file)),
      compression_(compression),
      stop_waiting_(std::move(stop_waiting)) {
  if (compression != Compression::kNone) compressor_ = base::Compressor::Make(compression);
}

OutputFile::Written OutputFile::Write(const Batch& batch) {
  Written written;
  if (!batch.empty() && !has_failed_) {
    written.result = compressor_ == nullptr ? WriteText(batch, written.documents)
                                            : WriteCompressed(batch, written.documents);
    has_failed_ = !written.result;
  }
  written.gave_up_waiting = has_failed_ && *stop_waiting_;
  return written;
}

Result<void> OutputFile::Finish() {
  if (compressor_ == nullptr || has_members_) return {};
  size_t written_bytes = 0;
  auto written = CompressAndWriteAll({}, written_bytes);
  if (!written) TruncateTo(written_bytes);
  return written;
}

Result<void> OutputFile::Sync() {
  // What has no storage behind it (a pipe, a terminal) has nothing to sync.
  if (::fdatasync(file_.get()) == 0 || errno == EINVAL || errno == EROFS) return {};
  return Fail("write {}: {}", name_, Reason(errno));
}

Result<void> OutputFile::WriteText(const Batch& batch, size_t& written_documents) {
  size_t written_bytes = 0;
  auto written = WriteAll(batch.text, written_bytes);
  size_t whole_bytes = 0;
  for (const DocumentSpan& document : batch.documents) {
    if (document.offset + document.length > written_bytes) break;
    whole_bytes = document.offset + document.length;
    ++written_documents;
  }
  if (!written) TruncateTo(written_bytes - whole_bytes);
  return written;
}

Result<void> OutputFile::WriteCompressed(const Batch& batch, size_t& written_documents) {
  size_t written_bytes = 0;
  auto written = batch.compression == compression_ ? WriteAll(batch.compressed, written_bytes)
                                                   : CompressAndWriteAll(batch.text, written_bytes);
  if (!written) {
    TruncateTo(written_bytes);
    return written;
  }
  written_documents = batch.documents.size();
  has_members_ = true;
  return {};
}

Result<void> OutputFile::CompressAndWriteAll(std::string_view text, size_t& written_bytes) {
  std::array<char, kPieceBytes> bytes;
  compressor_->Begin(text);
  for (bool is_last = false; !is_last;) {
    const auto piece = compressor_->Next(bytes);
    if (!piece) return Fail("write {}: {}", name_, piece.error().message);
    if (auto done = WriteAll({bytes.data(), piece->bytes}, written_bytes); !done) return done;
    is_last = piece->is_last;
  }
  return {};
}

Result<void> OutputFile::WriteAll(std::string_view bytes, size_t& written_bytes) {
  const int error = base::WriteAll(file_.get(), bytes, *stop_waiting_, written_bytes);
  if (error == 0) return {};
  if (error == EINTR) return Fail("write {}: its reader has not read on in time", name_);
  return Fail("write {}: {}", name_, Reason(error));
}

// Takes back the last bytes written, where that can be done.
void OutputFile::TruncateTo(size_t bytes) const {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  const off_t end = ::lseek(file_.get(), 0, SEEK_CUR);
  const auto excess = static_cast<off_t>(bytes);
  // The caller reports the failed write; a failing truncation adds nothing to say.
  if (end < excess || ::ftruncate(file_.get(), end - excess) != 0) return;
  ::lseek(file_.get(), end - excess, SEEK_SET);
}

}  // namespace espcap::sink
