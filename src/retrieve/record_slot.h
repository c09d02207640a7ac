// SPDX-License-Identifier: GPL-2.0-or-later
//
// A record that is wanted of a file, in memory that the process that wants it shares with the one
// that reads it. Plain data.
#ifndef ESPCAP_RETRIEVE_RECORD_SLOT_H_
#define ESPCAP_RETRIEVE_RECORD_SLOT_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <tuple>
#include <vector>

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

// Sorts what is wanted of one file by `slot_of` each of them, and leaves out repetitions.
template <class Wanted, class SlotOf>
void SortEachOnce(std::vector<Wanted>& wanted, const SlotOf& slot_of) {
  const auto key = [&slot_of](const Wanted& one) {
    const RecordSlot& slot = std::invoke(slot_of, one);
    return std::tuple(slot.frame, slot.digest);
  };
  std::sort(wanted.begin(), wanted.end(),
            [&key](const Wanted& a, const Wanted& b) { return key(a) < key(b); });
  wanted.erase(std::unique(wanted.begin(), wanted.end(),
                           [&key](const Wanted& a, const Wanted& b) { return key(a) == key(b); }),
               wanted.end());
}

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_RECORD_SLOT_H_
