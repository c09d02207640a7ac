// SPDX-License-Identifier: GPL-2.0-or-later
//
// The same as batch_check.h of sections of packets that are forwarded. A section's own bytes are
// its reader's to judge: what is checked is which packets it may say that it has.
#ifndef ESPCAP_SUPERVISE_SECTION_CHECK_H_
#define ESPCAP_SUPERVISE_SECTION_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "espcap/fingerprint.h"
#include "espcap/live_stats.h"
#include "espcap/result.h"
#include "process/packet_ring.h"
#include "process/section_head.h"
#include "process/worker_slots.h"
#include "supervise/batch_check.h"

namespace espcap::supervise {

// What a worker says of a section, copied: consistent with the slot's counts and with itself.
struct SectionClaim {
  process::SectionHead head;
  std::vector<uint64_t> numbers;  // of its packets' records, rising
  size_t text_place = 0;          // of the section, in the slot
  size_t text_bytes = 0;
};
Result<std::vector<SectionClaim>> ReadSections(const process::WorkerSlots& slots, uint32_t slot,
                                               const SlotContents& contents);

// Each record is in one section, and above `last`, as numbers of a file have 32 bits. The highest.
Result<uint64_t> CheckFileRecords(const std::vector<SectionClaim>& sections, uint64_t last);
// Each is one of these, in one section.
Result<void> CheckStreamRecords(const std::vector<SectionClaim>& sections,
                                const std::vector<process::PacketRing::RecordId>& records);

// Of all sections of a batch.
struct SectionFacts {
  Fingerprint capture{};  // or the run
  bool is_run = false;
  std::string sensor;
  std::string file;                        // by which documents name it; empty: none
  std::vector<InterfaceStats> interfaces;  // live, by number
};
// Copies the sections, each with its origin before it, and with what its interfaces lost.
Result<CheckedText> CopySections(const process::WorkerSlots& slots, uint32_t slot,
                                 const SlotContents& contents,
                                 const std::vector<SectionClaim>& sections,
                                 const SectionFacts& facts);

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_SECTION_CHECK_H_
