// SPDX-License-Identifier: GPL-2.0-or-later
//
// The options of libwiretap's blocks as pcapng has them. Those whose form libwiretap doesn't keep
// (addresses of interfaces, what Netflix's programs add) are left out.
#ifndef ESPCAP_FORWARD_BLOCK_OPTIONS_H_
#define ESPCAP_FORWARD_BLOCK_OPTIONS_H_

#include "espcap/byte_buffer.h"
#include "source/wireshark_api.h"

namespace espcap::forward {

// Of a packet's block; null: it has none.
void AppendPacketOptions(ByteBuffer& out, wtap_block_t block);
// Of an interface's block, but for how its times are written.
void AppendInterfaceOptions(ByteBuffer& out, wtap_block_t block);

}  // namespace espcap::forward

#endif  // ESPCAP_FORWARD_BLOCK_OPTIONS_H_
