// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a process that parses packets may use, whatever its dissectors do. Set by the process
// itself, before it touches a byte of a packet; it can't be undone.
#ifndef ESPCAP_PROCESS_LIMITS_H_
#define ESPCAP_PROCESS_LIMITS_H_

#include <cstdint>

namespace espcap::process {

// Of one file: a frame that is kept.
constexpr uint64_t kMaxFileBytes = uint64_t{1} << 20U;

// A file that it is given gets no longer than kMaxFileBytes.
void LimitFiles();

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_LIMITS_H_
