// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a run says to the program that started it.
#ifndef ESPCAP_APP_EXIT_STATUS_H_
#define ESPCAP_APP_EXIT_STATUS_H_

#include <cstdint>

namespace espcap::app {

enum class ExitStatus : uint8_t {
  kDone = 0,
  kFailed = 1,
  kReaderGone = 3,  // the program that reads the documents has ended, as `| head` does
};

}  // namespace espcap::app

#endif  // ESPCAP_APP_EXIT_STATUS_H_
