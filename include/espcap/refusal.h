// SPDX-License-Identifier: GPL-2.0-or-later
//
// A document that its destination refuses for good.
#ifndef ESPCAP_REFUSAL_H_
#define ESPCAP_REFUSAL_H_

#include <cstdint>
#include <string>

namespace espcap {

struct Refusal {
  uint32_t position = 0;  // in its batch
  int status = 0;         // the destination's code, as HTTP's or Kafka's; 0: there was no answer
  std::string reason;
};

}  // namespace espcap

#endif  // ESPCAP_REFUSAL_H_
