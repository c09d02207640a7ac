// SPDX-License-Identifier: GPL-2.0-or-later
//
// One field's value as JSON, by the rules of the ek document.
#ifndef ESPCAP_ENCODE_FIELD_VALUE_H_
#define ESPCAP_ENCODE_FIELD_VALUE_H_

#include "encode/key_table.h"
#include "espcap/byte_buffer.h"
#include "source/wireshark_api.h"

namespace espcap::encode {

// REQUIRES: `format` is the field's, and its kind is neither kObject nor kRawBytes.
void AppendFieldValue(ByteBuffer& out, const field_info& field, ValueFormat format);

// The same value by libwireshark's own formatting: what every shorter way above must equal.
void AppendDisplayText(ByteBuffer& out, const field_info& field);

// The field's bytes (tshark's -x): a bit field's value in upper-case hex, else its bytes in
// lower-case hex. False, and nothing written, where the field has no bytes at all.
bool AppendRawValue(ByteBuffer& out, const epan_dissect_t& dissection, const field_info& field);

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_FIELD_VALUE_H_
