// SPDX-License-Identifier: GPL-2.0-or-later
//
// How a capture ended, for those who keep account of single captures.
#ifndef ESPCAP_CAPTURE_END_H_
#define ESPCAP_CAPTURE_END_H_

#include <cstdint>
#include <string>

namespace espcap {

struct CaptureEnd {
  enum class Kind : uint8_t {
    kDone,        // every packet was read, and the destination has each document for good
    kFailed,      // an error was said of it
    kInterrupted  // the run ended before it
  };

  Kind kind = Kind::kInterrupted;
  std::string name;      // the capture's, as it was given
  std::string failure;   // the first error; empty where there was none
  uint64_t packets = 0;  // that were read, after the capture filter
};

}  // namespace espcap

#endif  // ESPCAP_CAPTURE_END_H_
