// SPDX-License-Identifier: GPL-2.0-or-later
//
// Times as the ek document writes them.
#ifndef ESPCAP_ENCODE_TIME_TEXT_H_
#define ESPCAP_ENCODE_TIME_TEXT_H_

#include "espcap/byte_buffer.h"
#include "source/wireshark_api.h"

namespace espcap::encode {

// "YYYY-MM-DDThh:mm:ss.nnnnnnnnnZ" in UTC, quoted. A fraction out of range (a damaged capture) is
// written as tshark of this release does; a text that is too long for tshark is cut.
void AppendAbsoluteTime(ByteBuffer& out, const nstime_t& time);

// Seconds with nine decimals, "-0.000001000", as libwireshark shows a relative time; quoted. From
// 4.4 on, "0.(1000000000 nanoseconds)" for a fraction of a second or more.
void AppendRelativeTime(ByteBuffer& out, const nstime_t& time);

// Milliseconds since the epoch, quoted: tshark's digits for every time it writes as a number, the
// signed number for times before the epoch or with a negative fraction, where tshark writes none.
void AppendTimestamp(ByteBuffer& out, const nstime_t& time);

// For a field of type date, quoted: as AppendAbsoluteTime() where servers read that, else the
// milliseconds.
void AppendEcsTime(ByteBuffer& out, const nstime_t& time);

// Seconds and timestamp as JSON numbers, without quotes.
void AppendSecondsNumber(ByteBuffer& out, const nstime_t& time);
void AppendTimestampNumber(ByteBuffer& out, const nstime_t& time);

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_TIME_TEXT_H_
