// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/retrieval.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/write_all.h"

namespace espcap::retrieve {
namespace {

constexpr size_t kCopyBytes = size_t{256} << 10U;

Result<base::FileDescriptor> MakeTemporary(const std::string& folder) {
  constexpr mode_t kReadable = 0644;  // by the process that merges: another user may be it
  base::FileDescriptor file(
      ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.valid() && ::fchmod(file.get(), kReadable) == 0) return file;
  return Fail("keep packets in {}: {}; TMPDIR names another folder", folder,
              std::generic_category().message(errno));
}

FileFindings FindingsOf(std::span<const RecordSlot> slots) {
  FileFindings findings;
  for (const RecordSlot& slot : slots) {
    switch (static_cast<RecordOutcome>(slot.outcome)) {
      case RecordOutcome::kWritten:
        ++findings.found;
        break;
      case RecordOutcome::kOther:
        ++findings.other;
        break;
      case RecordOutcome::kUnwritable:
        ++findings.unwritable;
        break;
      case RecordOutcome::kFiltered:
        ++findings.filtered;
        break;
      case RecordOutcome::kUndissected:
        ++findings.undissected;
        break;
      default:
        ++findings.not_reached;
    }
  }
  return findings;
}

}  // namespace

Result<Retrieval> Retrieval::Begin(PacketProcesses& processes, const ArchiveRoots& roots,
                                   const std::string& folder) {
  Retrieval retrieval(processes, roots);
  for (base::FileDescriptor* file : {&retrieval.section_, &retrieval.sections_}) {
    auto made = MakeTemporary(folder);
    if (!made) return Forward(std::move(made));
    *file = std::move(*made);
  }
  return retrieval;
}

Result<FileFindings> Retrieval::Add(const std::string& path, std::span<RecordSlot> slots) {
  FileFindings nothing;
  nothing.not_reached = slots.size();
  const auto file = roots_->OpenFile(path);
  if (!file) {
    nothing.reason = file.error().message;
    return nothing;
  }
  struct stat status {};
  if (::fstat(file->get(), &status) == 0) read_.emplace_back(status.st_dev, status.st_ino);
  if (::ftruncate(section_.get(), 0) != 0 || ::lseek(section_.get(), 0, SEEK_SET) != 0) {
    return Fail("keep packets: {}", std::generic_category().message(errno));
  }
  const auto copied = processes_->Copy(*file, path, section_, slots);
  if (!copied) {
    nothing.reason = copied.error().message;
    return nothing;
  }
  FileFindings findings = FindingsOf(slots);
  if (findings.not_reached > 0) findings.reason = copied->fault;
  if (findings.found == 0) return findings;
  if (auto kept = KeepSection(copied->interfaces); !kept) return Forward(std::move(kept));
  return findings;
}

Result<void> Retrieval::KeepSection(uint32_t interfaces) {
  std::vector<char> bytes(kCopyBytes);
  for (off_t offset = 0;;) {
    const ssize_t count = ::pread(section_.get(), bytes.data(), bytes.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Fail("keep packets: {}", std::generic_category().message(errno));
    if (count == 0) break;
    const auto length = static_cast<size_t>(count);
    if (const int error = base::WriteAll(sections_.get(), {bytes.data(), length}); error != 0) {
      return Fail("keep packets: {}; TMPDIR names another folder",
                  std::generic_category().message(error));
    }
    offset += count;
  }
  interfaces_.push_back(interfaces);
  return {};
}

bool Retrieval::HasRead(const std::string& path) const {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 &&
         std::find(read_.begin(), read_.end(), std::pair(status.st_dev, status.st_ino)) !=
             read_.end();
}

Result<uint64_t> Retrieval::WriteTo(const base::FileDescriptor& out) {
  return processes_->Merge(sections_, interfaces_, out);
}

}  // namespace espcap::retrieve
