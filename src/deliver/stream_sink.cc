// SPDX-License-Identifier: GPL-2.0-or-later
#include "deliver/stream_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace espcap::deliver {
namespace {

std::string Reason(int error) {
  if (error == EPIPE) return "the program that reads it has ended";
  return std::generic_category().message(error);
}

}  // namespace

Result<std::unique_ptr<StreamSink>> StreamSink::Open(const std::string& path) {
  constexpr mode_t kMode = 0644;
  const bool is_stdout = path == "-";
  base::FileDescriptor file(
      is_stdout ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
                : ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  std::string name = is_stdout ? "standard output" : path;
  if (!file.valid()) return Fail("open {} for writing: {}", name, Reason(errno));
  return std::unique_ptr<StreamSink>(new StreamSink(std::move(name), std::move(file)));
}

Result<void> StreamSink::Submit(Batch batch, Ledger& ledger) {
  auto written = Write(batch, ledger);
  Settle(batch.slot, written.has_value());
  return written;
}

Result<void> StreamSink::Write(const Batch& batch, Ledger& ledger) const {
  const std::string_view text = batch.text;
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = ::write(file_.get(), text.data() + written, text.size() - written);
    if (count >= 0) {
      written += static_cast<size_t>(count);
    } else if (errno != EINTR) {
      const int error = errno;
      CountAndCut(batch, written, ledger);
      return Fail("write {}: {}", name_, Reason(error));
    }
  }
  ledger.written += batch.documents.size();
  return {};
}

void StreamSink::CountAndCut(const Batch& batch, size_t written_bytes, Ledger& ledger) const {
  size_t whole_bytes = 0;
  size_t whole_documents = 0;
  for (const DocumentSpan& document : batch.documents) {
    if (document.offset + document.length > written_bytes) break;
    whole_bytes = document.offset + document.length;
    ++whole_documents;
  }
  ledger.written += whole_documents;
  ledger.failed += batch.documents.size() - whole_documents;
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  const off_t end = ::lseek(file_.get(), 0, SEEK_CUR);
  const auto excess = static_cast<off_t>(written_bytes - whole_bytes);
  // The caller reports the failed write; a failing truncation adds nothing to say.
  if (end < excess || ::ftruncate(file_.get(), end - excess) != 0) return;
  ::lseek(file_.get(), end - excess, SEEK_SET);
}

void StreamSink::Wait(std::span<pollfd> others, std::chrono::milliseconds timeout) {
  // Interrupted by a signal, or timed out: nothing is ready.
  if (::poll(others.data(), others.size(), static_cast<int>(timeout.count())) <= 0) {
    for (pollfd& other : others) other.revents = 0;
  }
}

}  // namespace espcap::deliver
