// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/retrieval.h"

#include <sys/stat.h>

#include <algorithm>

#include "retrieve/kept_file.h"

namespace espcap::retrieve {
Result<Retrieval> Retrieval::Begin(PacketProcesses& processes, const ArchiveRoots& roots,
                                   const std::string& folder, uint64_t most_unpacked_bytes) {
  auto sections = KeptSections::Begin(processes, folder);
  if (!sections) return Forward(std::move(sections));
  Retrieval retrieval(processes, roots, std::move(*sections), most_unpacked_bytes);
  for (base::FileDescriptor* file : {&retrieval.unpacked_, &retrieval.section_}) {
    auto made = MakeKeptFile(folder);
    if (!made) return Forward(std::move(made));
    *file = std::move(*made);
  }
  return retrieval;
}

Result<FileFindings> Retrieval::Add(const std::string& path, std::span<RecordSlot> slots) {
  const auto opened = roots_->OpenFile(path);
  if (opened) return AddFrom(*opened, path, slots);
  FileFindings nothing;
  nothing.not_reached = slots.size();
  nothing.reason = opened.error().message;
  return nothing;
}

Result<FileFindings> Retrieval::AddFrom(const ArchivedFile& file, const std::string& path,
                                        std::span<RecordSlot> slots) {
  FileFindings nothing;
  nothing.not_reached = slots.size();
  const auto capture = CaptureInput::Of(path, file.member, most_unpacked_bytes_);
  if (!capture) {
    nothing.reason = capture.error().message;
    return nothing;
  }
  struct stat status {};
  if (::fstat(file.file.get(), &status) == 0) read_.emplace_back(status.st_dev, status.st_ino);
  if (auto emptied = EmptyKeptFile(section_); !emptied) return Forward(std::move(emptied));
  const auto copied = processes_->Copy(*capture, file.file, unpacked_, section_, slots);
  if (!copied || !copied->fault.empty()) {
    if (auto space = CheckSpaceOf(section_); !space) return Forward(std::move(space));
  }
  if (!copied) {
    nothing.reason = copied.error().message;
    return nothing;
  }
  FileFindings findings = FindingsOf(slots);
  (findings.not_reached > 0 ? findings.reason : findings.rest_fault) = copied->fault;
  if (findings.found == 0) return findings;
  if (auto kept = sections_.Add(section_, copied->interfaces); !kept) {
    return Forward(std::move(kept));
  }
  return findings;
}

bool Retrieval::HasRead(const std::string& path) const {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 &&
         std::find(read_.begin(), read_.end(), std::pair(status.st_dev, status.st_ino)) !=
             read_.end();
}

Result<uint64_t> Retrieval::WriteTo(const base::FileDescriptor& out) {
  return sections_.WriteTo(out);
}

}  // namespace espcap::retrieve
