// SPDX-License-Identifier: GPL-2.0-or-later
//
// Sections of packets, one after another in a file, become one section: secrets first, each
// interface once, packets by their time. Parses what readers of hostile files wrote: in a process
// that can do little else.
#ifndef ESPCAP_RETRIEVE_PACKET_MERGER_H_
#define ESPCAP_RETRIEVE_PACKET_MERGER_H_

#include <cstdint>
#include <span>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "source/file_source.h"

namespace espcap::retrieve {

struct MergedSections {
  uint64_t records = 0;
  uint32_t interfaces = 0;
};

// `interfaces` of each section. REQUIRES: random access.
Result<MergedSections> MergeSections(source::FileSource& sections,
                                     std::span<const uint32_t> interfaces,
                                     base::FileDescriptor out);

// Where there is none.
Result<void> WriteEmptySection(base::FileDescriptor out);

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_PACKET_MERGER_H_
