// SPDX-License-Identifier: GPL-2.0-or-later
//
// tshark's -d: which dissector takes the payload of, say, TCP port 8888.
#ifndef ESPCAP_DISSECT_DECODE_AS_H_
#define ESPCAP_DISSECT_DECODE_AS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "espcap/result.h"

namespace espcap::dissect {

// "tcp.port==8888,http" in its parts; `selector` is empty for tables that need none.
struct DecodeAsRule {
  std::string table;
  std::string selector;
  std::string protocol;
};
Result<DecodeAsRule> ParseDecodeAs(std::string_view rule);

// "8888", "0x22b8", "8888-8890" (both included) or "8888:3" (first and number).
struct SelectorRange {
  uint32_t first = 0;
  uint32_t last = 0;
};
Result<SelectorRange> ParseSelector(std::string_view selector);

// Applies one rule to libwireshark's dissector tables.
// REQUIRES: libwireshark is initialised.
Result<void> DecodeAs(const std::string& text);

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_DECODE_AS_H_
