// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a document's id is made of where its packet comes from no file: the run's id, and the
// packet's number. Pure.
#ifndef ESPCAP_SUPERVISE_LIVE_KEY_H_
#define ESPCAP_SUPERVISE_LIVE_KEY_H_

#include <cstddef>
#include <cstdint>

#include "espcap/fingerprint.h"

namespace espcap::supervise {

struct RunNumber {
  Fingerprint run{};
  uint32_t number = 0;
};

// Numbers in ids have 32 bits; those that come again are another run's.
inline RunNumber RunNumberOf(Fingerprint run, uint64_t number) {
  constexpr uint64_t kNumbers = UINT32_MAX;
  uint64_t generation = (number - 1) / kNumbers;
  for (size_t place = run.size(); generation != 0 && place > 0; generation >>= 8U) {
    run.at(--place) ^= static_cast<uint8_t>(generation);
  }
  return {run, static_cast<uint32_t>((number - 1) % kNumbers + 1)};
}

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_LIVE_KEY_H_
