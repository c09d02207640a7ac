// SPDX-License-Identifier: GPL-2.0-or-later
//
// The columns of Wireshark's packet list in a document: under keys of espcap's own, which are the
// same with every release.
#ifndef ESPCAP_ENCODE_COLUMN_MEMBERS_H_
#define ESPCAP_ENCODE_COLUMN_MEMBERS_H_

#include "dissect/columns.h"
#include "espcap/byte_buffer.h"

namespace espcap::encode {

// `,"columns":{"no":"1",…,"info":"Standard query …"}`; numbers are JSON numbers where `typed`.
void AppendColumns(ByteBuffer& out, const dissect::Columns& columns, dissect::ColumnSet wanted,
                   bool typed);

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_COLUMN_MEMBERS_H_
