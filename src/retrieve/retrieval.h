// SPDX-License-Identifier: GPL-2.0-or-later
//
// Records of many files, found by where documents say they are, into one pcapng. What can't be
// found is told, never replaced by another record. Parses nothing itself. One thread.
#ifndef ESPCAP_RETRIEVE_RETRIEVAL_H_
#define ESPCAP_RETRIEVE_RETRIEVAL_H_

#include <sys/types.h>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "retrieve/archive_roots.h"
#include "retrieve/capture_batch.h"
#include "retrieve/file_findings.h"
#include "retrieve/kept_sections.h"
#include "retrieve/packet_processes.h"

namespace espcap::retrieve {

class Retrieval {
 public:
  // Keeps what it finds, and unpacks what is packed, in files without a name in this folder.
  static Result<Retrieval> Begin(PacketProcesses& processes, const ArchiveRoots& roots,
                                 const std::string& folder, uint64_t most_unpacked_bytes);

  // `slots` by frame. An error: what is found can't be kept. Waits.
  Result<FileFindings> Add(const std::string& path, std::span<RecordSlot> slots);
  // The same from another file than the one under that path.
  Result<FileFindings> AddFrom(const ArchivedFile& file, const std::string& path,
                               std::span<RecordSlot> slots);

  // The same of captures that are in memory, by one process where that can be: with a display
  // filter each has its own. Their findings are set.
  Result<void> AddBatch(std::span<MemoryCapture> captures);

  // Whether that is one of the files that were read.
  [[nodiscard]] bool HasRead(const std::string& path) const;
  // Returns how many records are written. Waits.
  Result<uint64_t> WriteTo(const base::FileDescriptor& out);

 private:
  Retrieval(PacketProcesses& processes, const ArchiveRoots& roots, KeptSections sections,
            uint64_t most_unpacked_bytes)
      : processes_(&processes),
        roots_(&roots),
        most_unpacked_bytes_(most_unpacked_bytes),
        sections_(std::move(sections)) {}

  // False: one of them has ended the process, or it couldn't be done otherwise.
  Result<bool> TryBatch(std::span<MemoryCapture> captures);

  PacketProcesses* processes_;
  const ArchiveRoots* roots_;
  uint64_t most_unpacked_bytes_;   // of one capture
  base::FileDescriptor unpacked_;  // the capture that is read, where it is packed
  base::FileDescriptor section_;   // of the file that is read: its reader writes nowhere else
  KeptSections sections_;          // of all
  std::vector<std::pair<dev_t, ino_t>> read_;
};

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_RETRIEVAL_H_
