// SPDX-License-Identifier: GPL-2.0-or-later
//
// What libpcap needs to know of a capture that libwiretap reads.
#ifndef ESPCAP_SOURCE_LINK_TYPE_H_
#define ESPCAP_SOURCE_LINK_TYPE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "source/pcap_handle.h"

namespace espcap::source {

// The LINKTYPE_ value of a pcap file that wiretap reads as `encapsulation` (WTAP_ENCAP_*); none
// where no pcap file has it.
[[nodiscard]] std::optional<int> LinkTypeOf(int encapsulation);

// The one of them that means the same to every system, for files that go to others.
[[nodiscard]] std::optional<int> WrittenLinkTypeOf(int encapsulation);

// As libpcap calls it, for people.
[[nodiscard]] std::string LinkTypeName(int link_type);
// The same, or wiretap's words for what libpcap doesn't know.
[[nodiscard]] std::string EncapsulationName(int encapsulation);

// Whether wiretap takes a header of libpcap's off packets of this encapsulation, so that a filter
// would look at the wrong bytes.
[[nodiscard]] bool LosesPseudoHeader(int encapsulation);

// How long that header is; 0 where none is taken off, none where that differs from packet to
// packet.
[[nodiscard]] std::optional<uint32_t> PseudoHeaderBytes(int encapsulation);

// Whether packets begin with a number in the byte order of the machine that captured them.
[[nodiscard]] bool HasWritersByteOrder(int encapsulation);

// Of the machine that wrote a pcap or pcapng file. None where that can't be told: of a pipe, a
// compressed file, another format.
[[nodiscard]] std::optional<ByteOrder> WritersByteOrder(const std::string& path);

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_LINK_TYPE_H_
