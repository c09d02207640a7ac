// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a capture's interface description says of an interface (pcapng, section 4.2). Pure.
#ifndef ESPCAP_SOURCE_INTERFACE_BLOCK_H_
#define ESPCAP_SOURCE_INTERFACE_BLOCK_H_

#include "source/wireshark_api.h"

namespace espcap::source {

// Both null where it doesn't say; they live as long as the block.
[[nodiscard]] const char* NameOfInterface(wtap_block_t block);
[[nodiscard]] const char* DescriptionOfInterface(wtap_block_t block);
// Packets that its statistics call lost: by itself, or by the system.
uint64_t LostAt(wtap_block_t block);

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_INTERFACE_BLOCK_H_
