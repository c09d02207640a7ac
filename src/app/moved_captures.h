// SPDX-License-Identifier: GPL-2.0-or-later
//
// Packets that are not in the files that documents name, looked for in the files that have the
// content of those now. One thread.
#ifndef ESPCAP_APP_MOVED_CAPTURES_H_
#define ESPCAP_APP_MOVED_CAPTURES_H_

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/settings.h"
#include "espcap/fingerprint.h"
#include "espcap/result.h"
#include "process/file_hasher.h"
#include "process/privileges.h"
#include "retrieve/archive_roots.h"
#include "retrieve/archive_search.h"
#include "retrieve/file_findings.h"
#include "retrieve/record_slot.h"
#include "telemetry/log.h"

namespace espcap::app {

// The process that hashes files; null: none are searched for. REQUIRES: as FileHasher::Start().
Result<std::unique_ptr<process::FileHasher>> StartArchiveHasher(
    const cli::RetrievalSettings& settings, const std::optional<process::Identity>& unprivileged);

class MovedCaptures {
 public:
  // Reads these slots from such a file, as from the one that documents name.
  using Read = std::function<Result<retrieve::FileFindings>(const retrieve::ArchivedFile& file,
                                                            std::span<retrieve::RecordSlot> slots)>;

  // `hasher` null: none are searched for. `captures`: PacketHits::captures(). All are borrowed.
  MovedCaptures(const retrieve::ArchiveRoots& roots, std::unique_ptr<process::FileHasher> hasher,
                const cli::RetrievalSettings& settings, const std::vector<Fingerprint>& captures,
                telemetry::Log& log);

  // After `slots` were read from `path`, with these findings: the findings then. An error is the
  // reader's.
  Result<retrieve::FileFindings> Complete(const std::string& path,
                                          std::span<retrieve::RecordSlot> slots,
                                          retrieve::FileFindings findings, const Read& read);
  // Says whether the search came to its end.
  void Conclude();

 private:
  [[nodiscard]] bool IsUnder(const std::string& path, const base::FileDescriptor& file) const;
  std::optional<retrieve::ArchiveSearch::Found> Find(
      const std::string& path, uint32_t capture, const std::vector<retrieve::RecordSlot>& slots);

  const retrieve::ArchiveRoots& roots_;
  const cli::RetrievalSettings& settings_;
  const std::vector<Fingerprint>& captures_;
  telemetry::Log& log_;
  std::optional<retrieve::ArchiveSearch> search_;
  bool is_told_ = false;  // that there is a search
};

}  // namespace espcap::app

#endif  // ESPCAP_APP_MOVED_CAPTURES_H_
