// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the ids of packets begin with whose message says nothing of where they come from: topic,
// partition and offset. Pure.
#ifndef ESPCAP_CONSUME_MESSAGE_ID_H_
#define ESPCAP_CONSUME_MESSAGE_ID_H_

#include <cstdint>
#include <string_view>

#include "espcap/fingerprint.h"

namespace espcap::consume {

Fingerprint MessageId(std::string_view topic, int32_t partition, int64_t offset);

}  // namespace espcap::consume

#endif  // ESPCAP_CONSUME_MESSAGE_ID_H_
