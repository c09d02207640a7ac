// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a command says to the program that started it. README, section "Exit status".
#ifndef ESPCAP_EXIT_STATUS_H_
#define ESPCAP_EXIT_STATUS_H_

#include <cstdint>

namespace espcap {

enum class ExitStatus : uint8_t {
  kComplete = 0,    // every packet is accounted for: delivered, safely kept, or left out by request
  kNothingRan = 1,  // wrong use, no input, refused
  kIncomplete = 2,  // ended as asked, and something is missing
  kEndedUnasked = 3,  // the destination failed, its reader ended, or a process of the run did
};

}  // namespace espcap

#endif  // ESPCAP_EXIT_STATUS_H_
