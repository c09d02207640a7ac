// SPDX-License-Identifier: GPL-2.0-or-later
//
// libpcap's filter language on packets of a file: compiled once for each link type that turns up.
// Not copyable; one thread.
#ifndef ESPCAP_SOURCE_CAPTURE_FILTER_H_
#define ESPCAP_SOURCE_CAPTURE_FILTER_H_

#include <memory>
#include <string>
#include <unordered_map>

#include "espcap/result.h"
#include "source/wireshark_api.h"

struct bpf_program;

namespace espcap::source {

// What is wrong with an expression that libpcap refuses for a link type (DLT_*), with the place
// where that can be told: libpcap doesn't say it.
[[nodiscard]] std::string DescribeFilterFault(const std::string& expression,
                                              const std::string& message, int link_type);

// Whether wiretap takes a header of libpcap's off packets of this encapsulation.
[[nodiscard]] bool LosesPseudoHeader(int encapsulation);

class CaptureFilter {
 public:
  // Checks the expression for Ethernet, so that a typing error is told before anything is read.
  static Result<CaptureFilter> Compile(const std::string& expression);

  // Whether the filter takes the record. Records that are no packets are never taken. An error
  // where the expression can't be compiled for the record's link type.
  Result<bool> Matches(const wireshark::Record& record);

 private:
  struct FreeProgram {
    void operator()(bpf_program* program) const;
  };
  using Program = std::unique_ptr<bpf_program, FreeProgram>;

  explicit CaptureFilter(std::string expression) : expression_(std::move(expression)) {}
  [[nodiscard]] Result<Program> CompileFor(int link_type) const;

  std::string expression_;
  std::unordered_map<int, Program> by_encapsulation_;
};

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_CAPTURE_FILTER_H_
