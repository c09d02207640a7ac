// SPDX-License-Identifier: GPL-2.0-or-later
//
// libwiretap for tests: it can be started once in a process.
#ifndef ESPCAP_TESTS_UNIT_WIRETAP_ONCE_H_
#define ESPCAP_TESTS_UNIT_WIRETAP_ONCE_H_

#include "source/wireshark_api.h"

namespace espcap::testing {

inline void StartWiretapOnce() {
  [[maybe_unused]] static const bool is_started = [] {
    wtap_init(FALSE);
    return true;
  }();
}

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_UNIT_WIRETAP_ONCE_H_
