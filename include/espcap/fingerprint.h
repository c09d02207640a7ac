// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a capture is known by: its content, whatever its name or place.
#ifndef ESPCAP_FINGERPRINT_H_
#define ESPCAP_FINGERPRINT_H_

#include <array>
#include <cstdint>

namespace espcap {

// The first half of a SHA-256: long enough that no two captures ever share it, made or met.
using Fingerprint = std::array<uint8_t, 16>;

}  // namespace espcap

#endif  // ESPCAP_FINGERPRINT_H_
