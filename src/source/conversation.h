// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which conversation a frame belongs to, as one number: what decides on its partition in Kafka. It
// is the same on all sensors, for both directions, in every release: docs/kafka.md has test
// vectors. A pure function on hostile bytes.
#ifndef ESPCAP_SOURCE_CONVERSATION_H_
#define ESPCAP_SOURCE_CONVERSATION_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "source/flow_hash.h"

namespace espcap::source {

// Of frames that lead to no IP address.
uint64_t PlaceHash(std::string_view sensor, std::string_view interface);

// FlowHash() where there is one, else that.
uint64_t ConversationOf(FlowKey key, int encapsulation, std::span<const uint8_t> captured,
                        std::string_view sensor, std::string_view interface);

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_CONVERSATION_H_
