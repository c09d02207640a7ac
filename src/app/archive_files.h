// SPDX-License-Identifier: GPL-2.0-or-later
//
// What `espcap packets` and `espcap show` have in common: the capture files that documents name,
// and what is said where they don't have what was wanted.
#ifndef ESPCAP_APP_ARCHIVE_FILES_H_
#define ESPCAP_APP_ARCHIVE_FILES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/packet_hits.h"
#include "base/file_descriptor.h"
#include "cli/settings.h"
#include "espcap/result.h"
#include "process/privileges.h"
#include "retrieve/archive_roots.h"
#include "retrieve/file_findings.h"
#include "telemetry/log.h"

namespace espcap::app {

// Of --archive-map.
Result<std::vector<retrieve::PathMap>> ParseArchiveMaps(const std::vector<std::string>& texts);

// An error where there are hits, and nothing says where they may be read: it names the folders and
// topics that they are in.
Result<retrieve::ArchiveRoots> OpenArchive(const char* command,
                                           const cli::RetrievalSettings& settings,
                                           std::vector<retrieve::PathMap> maps, PacketHits& hits);

// Who the processes become that read captures: none where this one isn't root.
std::optional<process::Identity> ReaderIdentity();

// For files without a name.
std::string TemporaryFolder();

// "-" or empty: standard output.
Result<base::FileDescriptor> OpenOutput(const char* command, const std::string& path);

// What the packets are in, in the log.
inline constexpr const char* kFilesKind = "files whose packets are not found";
inline constexpr const char* kMessagesKind = "messages whose packets are not found";

// Nothing where nothing is missing.
void TellMissing(const char* kind, const std::string& name, size_t wanted,
                 const retrieve::FileFindings& findings, telemetry::Log& log);

// Of all files. Returns whether nothing is.
bool TellWhatIsMissing(const char* command, const PacketSearch& search, uint64_t max_hits,
                       uint64_t missing, telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_ARCHIVE_FILES_H_
