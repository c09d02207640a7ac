// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a worker says of a section of packets: it is before the numbers of their records
// (document/record_numbers.h) and the section itself.
#ifndef ESPCAP_PROCESS_SECTION_HEAD_H_
#define ESPCAP_PROCESS_SECTION_HEAD_H_

#include <cstdint>

namespace espcap::process {

struct SectionHead {
  uint64_t packets = 0;
  uint64_t number_bytes = 0;
  int64_t first_ns = 0;  // the earliest and the latest time, since the epoch
  int64_t last_ns = 0;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_SECTION_HEAD_H_
