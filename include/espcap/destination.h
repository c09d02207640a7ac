// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef ESPCAP_DESTINATION_H_
#define ESPCAP_DESTINATION_H_

#include <cstdint>

namespace espcap {

// Where a run's packets go, as far as its words differ.
enum class Destination : uint8_t {
  kStream,  // a document each, to a file or a topic
  kServer,
  kForward  // undissected
};

}  // namespace espcap

#endif  // ESPCAP_DESTINATION_H_
