// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/kept_sections.h"

#include <array>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/write_all.h"
#include "retrieve/kept_file.h"

namespace espcap::retrieve {

Result<KeptSections> KeptSections::Begin(PacketProcesses& processes, const std::string& folder) {
  KeptSections sections(processes);
  for (base::FileDescriptor* file :
       {&sections.recent_.file, &sections.merged_.file, &sections.merging_}) {
    auto made = MakeKeptFile(folder);
    if (!made) return Forward(std::move(made));
    *file = std::move(*made);
  }
  return sections;
}

Result<void> KeptSections::Append(const base::FileDescriptor& sections,
                                  std::span<const uint32_t> interfaces, Sections& to) {
  auto copied = CopyKeptFile(sections, [&to](std::string_view bytes) -> Result<void> {
    const int error = base::WriteAll(to.file.get(), bytes);
    if (error == 0) return {};
    return Fail("keep packets: {}; TMPDIR names another folder",
                std::generic_category().message(error));
  });
  if (copied) to.interfaces.insert(to.interfaces.end(), interfaces.begin(), interfaces.end());
  return copied;
}

Result<void> KeptSections::Add(const base::FileDescriptor& sections,
                               std::span<const uint32_t> interfaces) {
  auto added = Append(sections, interfaces, recent_);
  if (!added || recent_.interfaces.size() < kMostRecent) return added;
  return MergeRecent();
}

Result<void> KeptSections::MergeRecent() {
  if (auto emptied = EmptyKeptFile(merging_); !emptied) return emptied;
  const auto merged = processes_->Merge(recent_.file, recent_.interfaces, merging_);
  if (!merged) {
    if (auto space = CheckSpaceOf(merging_); !space) return space;
    return tl::unexpected(merged.error());
  }
  const std::array interfaces = {merged->interfaces};
  if (auto kept = Append(merging_, interfaces, merged_); !kept) return kept;
  recent_.interfaces.clear();
  return EmptyKeptFile(recent_.file);
}

Result<uint64_t> KeptSections::WriteTo(const base::FileDescriptor& out) {
  if (!merged_.interfaces.empty() && !recent_.interfaces.empty()) {
    if (auto merged = MergeRecent(); !merged) return Forward(std::move(merged));
  }
  const Sections& all = merged_.interfaces.empty() ? recent_ : merged_;
  const auto written = processes_->Merge(all.file, all.interfaces, out);
  if (!written) return tl::unexpected(written.error());
  return written->records;
}

}  // namespace espcap::retrieve
