// SPDX-License-Identifier: GPL-2.0-or-later
//
// A record that is wanted of a file, in memory that the process that wants it shares with the one
// that reads it. Plain data.
#ifndef ESPCAP_RETRIEVE_RECORD_SLOT_H_
#define ESPCAP_RETRIEVE_RECORD_SLOT_H_

#include <cstdint>

namespace espcap::retrieve {

// Another process writes it: any number may be there.
enum class RecordOutcome : uint32_t {
  kNotReached,  // the file ends before, or can't be read up to there
  kWritten,
  kOther,       // another record is in this place
  kUnwritable,  // pcapng has no way to keep it
  kFiltered,    // it's there, and the display filter doesn't select it
  kUndissected  // nobody knows whether it would
};

struct RecordSlot {
  uint64_t digest = 0;
  int64_t offset = -1;  // -1: the records before it have to be read
  uint32_t frame = 0;   // from 1; slots are in this order
  uint32_t outcome = static_cast<uint32_t>(RecordOutcome::kNotReached);
  uint32_t capture = 0;  // that it is of, as a number of who wants it; a reader has no use for it
};

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_RECORD_SLOT_H_
