// SPDX-License-Identifier: GPL-2.0-or-later
//
// What libwireshark knows of conversations in the session that is open.
#ifndef ESPCAP_DISSECT_CONVERSATIONS_H_
#define ESPCAP_DISSECT_CONVERSATIONS_H_

#include <cstdint>

namespace espcap::dissect {

// Those that it keeps, of all protocols and kinds of addresses. REQUIRES: a started EpanLibrary.
uint64_t CountConversations();

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_CONVERSATIONS_H_
