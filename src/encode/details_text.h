// SPDX-License-Identifier: GPL-2.0-or-later
//
// A dissected frame in words, as `tshark -V` prints it.
#ifndef ESPCAP_ENCODE_DETAILS_TEXT_H_
#define ESPCAP_ENCODE_DETAILS_TEXT_H_

#include <epan/epan_dissect.h>

#include "espcap/byte_buffer.h"

namespace espcap::encode {

// Appends a line for each item of the tree, indented, and an empty one. In UTF-8, whatever the
// locale. REQUIRES: the tree is visible.
void AppendDetails(ByteBuffer& out, epan_dissect_t& dissection);

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_DETAILS_TEXT_H_
