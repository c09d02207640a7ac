// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a spool gives back, before it is sent. The checksums of its files say that nobody changed
// them by accident; what is sent has the form that espcap writes, no matter who has written them.
// Pure.
#ifndef ESPCAP_SINK_SPOOLED_CHECK_H_
#define ESPCAP_SINK_SPOOLED_CHECK_H_

#include <string>

#include "spool/spool.h"

namespace espcap::sink {

// What is wrong with it, for a run that sends `wanted`; empty: nothing is.
std::string FaultOf(const spool::SpooledBatch& spooled, spool::Contents wanted);

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_SPOOLED_CHECK_H_
