// SPDX-License-Identifier: GPL-2.0-or-later
//
// A dissected frame as a line of the packet list, as tshark prints it.
#ifndef ESPCAP_ENCODE_COLUMN_LINE_H_
#define ESPCAP_ENCODE_COLUMN_LINE_H_

#include "dissect/columns.h"
#include "espcap/byte_buffer.h"

namespace espcap::encode {

// Appends it with its line feed, in UTF-8. REQUIRES: the columns are completed.
void AppendColumnLine(ByteBuffer& out, const dissect::Columns& columns);

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_COLUMN_LINE_H_
