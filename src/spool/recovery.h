// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a spool finds of earlier runs when it is opened.
#ifndef ESPCAP_SPOOL_RECOVERY_H_
#define ESPCAP_SPOOL_RECOVERY_H_

#include <cstdint>
#include <map>
#include <string>

#include "espcap/result.h"
#include "spool/damage.h"
#include "spool/segment_file.h"

namespace espcap::spool {

struct Recovered {
  std::map<SegmentId, SegmentFile> segments;  // in the order they were written; closed
  uint64_t last_number = 0;
  uint64_t documents_before = 0;  // of what is appended next
};

// Looks through every segment of the directory (`descriptor` is of it) and puts aside what is
// damaged. What has nothing left that waits is deleted; files of other names are left alone.
// Refuses segments of a later format version before it changes anything.
Result<Recovered> RecoverSegments(const std::string& directory, int descriptor, Damage& damage);

}  // namespace espcap::spool

#endif  // ESPCAP_SPOOL_RECOVERY_H_
