// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/retrieval.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string_view>

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
  const std::array interfaces = {copied->interfaces};
  if (auto kept = sections_.Add(section_, interfaces); !kept) {
    return Forward(std::move(kept));
  }
  return findings;
}

Result<void> Retrieval::AddBatch(std::span<MemoryCapture> captures) {
  const auto done = processes_->is_refined() ? Result<bool>(false) : TryBatch(captures);
  if (!done) return tl::unexpected(done.error());
  if (*done) return {};
  for (MemoryCapture& capture : captures) {
    const std::array parts = {std::string_view(capture.bytes)};
    auto file = MemoryFile(parts);
    if (!file) return Forward(std::move(file));
    auto findings = AddFrom({std::move(*file), {}}, capture.name, capture.slots);
    if (!findings) return Forward(std::move(findings));
    capture.findings = std::move(*findings);
  }
  return {};
}

Result<bool> Retrieval::TryBatch(std::span<MemoryCapture> captures) {
  std::vector<std::string_view> parts;
  std::vector<CaptureRow> rows(captures.size());
  std::vector<RecordSlot> slots;
  for (size_t i = 0; i < captures.size(); ++i) {
    parts.push_back(captures[i].bytes);
    rows[i].bytes = captures[i].bytes.size();
    rows[i].slots = static_cast<uint32_t>(captures[i].slots.size());
    slots.insert(slots.end(), captures[i].slots.begin(), captures[i].slots.end());
  }
  auto file = MemoryFile(parts);
  if (!file) return Forward(std::move(file));
  if (auto emptied = EmptyKeptFile(section_); !emptied) return Forward(std::move(emptied));
  if (!processes_->CopyBatch(*file, section_, rows, slots)) {
    if (auto space = CheckSpaceOf(section_); !space) return Forward(std::move(space));
    return false;
  }
  std::vector<uint32_t> interfaces;
  size_t next = 0;
  for (size_t i = 0; i < captures.size(); ++i) {
    const auto own = std::span(slots).subspan(next, captures[i].slots.size());
    next += own.size();
    std::copy(own.begin(), own.end(), captures[i].slots.begin());
    captures[i].findings = FindingsOf(own);
    captures[i].findings.reason = TextOf(rows[i].fault);
    if (rows[i].sections != 0) interfaces.push_back(rows[i].interfaces);
  }
  if (auto kept = sections_.Add(section_, interfaces); !kept) return Forward(std::move(kept));
  return true;
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
