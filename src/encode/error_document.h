// SPDX-License-Identifier: GPL-2.0-or-later
//
// What replaces a frame's document where the frame can't be dissected: what its
// record's header says, as libwireshark's `frame` layer would. Without libwireshark.
#ifndef ESPCAP_ENCODE_ERROR_DOCUMENT_H_
#define ESPCAP_ENCODE_ERROR_DOCUMENT_H_

#include <cstdint>

#include "espcap/byte_buffer.h"
#include "source/wireshark_api.h"

namespace espcap::encode {

// `{"frame":{…}}`. `typed`: numbers are JSON numbers.
void AppendFrameOfHeader(ByteBuffer& out, const wtap_rec& rec, uint32_t frame_number, bool typed);

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_ERROR_DOCUMENT_H_
