// SPDX-License-Identifier: GPL-2.0-or-later
//
// Sections with packets that were found, until one is made of all. Now and then many of them become
// one: there may be as many as packets, each with its interfaces. One thread.
#ifndef ESPCAP_RETRIEVE_KEPT_SECTIONS_H_
#define ESPCAP_RETRIEVE_KEPT_SECTIONS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "retrieve/packet_processes.h"

namespace espcap::retrieve {

class KeptSections {
 public:
  static constexpr size_t kMostRecent = 256;  // that wait to become one

  // In files without a name in this folder. `processes` are borrowed.
  static Result<KeptSections> Begin(PacketProcesses& processes, const std::string& folder);

  // Copies sections that are one after another in a file. `interfaces`: how many each has.
  Result<void> Add(const base::FileDescriptor& sections, std::span<const uint32_t> interfaces);
  // Returns how many records are written. Waits.
  Result<uint64_t> WriteTo(const base::FileDescriptor& out);

 private:
  struct Sections {
    base::FileDescriptor file;  // one after another
    std::vector<uint32_t> interfaces;
  };

  explicit KeptSections(PacketProcesses& processes) : processes_(&processes) {}

  static Result<void> Append(const base::FileDescriptor& sections,
                             std::span<const uint32_t> interfaces, Sections& to);
  Result<void> MergeRecent();

  PacketProcesses* processes_;
  Sections recent_;
  Sections merged_;               // each of many
  base::FileDescriptor merging_;  // one that is made
};

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_KEPT_SECTIONS_H_
