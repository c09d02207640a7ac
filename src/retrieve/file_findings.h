// SPDX-License-Identifier: GPL-2.0-or-later
//
// What became of the records that were wanted of a file. Plain data.
#ifndef ESPCAP_RETRIEVE_FILE_FINDINGS_H_
#define ESPCAP_RETRIEVE_FILE_FINDINGS_H_

#include <cstdint>
#include <span>
#include <string>

#include "retrieve/record_slot.h"

namespace espcap::retrieve {

struct FileFindings {
  uint64_t found = 0;
  uint64_t other = 0;        // another record is in their place
  uint64_t not_reached = 0;  // the file ends before them, or can't be read up to there
  uint64_t unwritable = 0;   // pcapng has no way to keep them
  uint64_t undissected = 0;  // whether the display filter selects them isn't known
  uint64_t filtered = 0;     // there, and not selected
  uint64_t unselected = 0;   // the filter of their run doesn't select them now
  std::string reason;        // why they aren't reached
  std::string rest_fault;    // why the rest of their conversations isn't whole; empty: it is

  [[nodiscard]] uint64_t missing() const {
    return other + not_reached + unwritable + undissected + unselected;
  }
};

FileFindings FindingsOf(std::span<const RecordSlot> slots);

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_FILE_FINDINGS_H_
