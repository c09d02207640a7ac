// SPDX-License-Identifier: GPL-2.0-or-later
//
// libpcap's filter language, compiled for one link type.
#ifndef ESPCAP_SOURCE_FILTER_PROGRAM_H_
#define ESPCAP_SOURCE_FILTER_PROGRAM_H_

#include <memory>
#include <string>

#include "espcap/result.h"
#include "source/pcap_handle.h"

namespace espcap::source {

struct FreeProgram {
  void operator()(bpf_program* program) const {
    pcap_freecode(program);
    delete program;
  }
};
using FilterProgram = std::unique_ptr<bpf_program, FreeProgram>;

// For the packets of a file, as tcpdump -r does. An error is libpcap's message.
Result<FilterProgram> CompileFilter(const std::string& expression, int link_type, ByteOrder order);

// Whether it looks at more of a packet than its length.
[[nodiscard]] bool LooksAtBytes(const bpf_program& program);

// An error where an expression fits no link type at all, so that a typing error is told before
// anything is read.
Result<void> CheckCaptureFilter(const std::string& expression);

// What is wrong with an expression that libpcap refuses for a link type, with the place where that
// can be told: libpcap doesn't say it.
[[nodiscard]] std::string DescribeFilterFault(const std::string& expression,
                                              const std::string& message, int link_type);

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_FILTER_PROGRAM_H_
