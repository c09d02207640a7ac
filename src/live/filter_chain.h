// SPDX-License-Identifier: GPL-2.0-or-later
//
// Compiled capture filters as one: libpcap's language can't put them together, since a `vlan` in
// one expression changes what the rest of it means. A pure function.
#ifndef ESPCAP_LIVE_FILTER_CHAIN_H_
#define ESPCAP_LIVE_FILTER_CHAIN_H_

#include <pcap/pcap.h>

#include <span>
#include <vector>

namespace espcap::live {

using Instructions = std::span<const bpf_insn>;

// Takes what `taken` takes and none of `refused` does.
[[nodiscard]] std::vector<bpf_insn> ChainFilters(const std::vector<Instructions>& refused,
                                                 Instructions taken);

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_FILTER_CHAIN_H_
