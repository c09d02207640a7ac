// SPDX-License-Identifier: GPL-2.0-or-later
//
// libpcap's filter language on packets of a file: compiled once for each link type that turns up.
// Not copyable; one thread.
#ifndef ESPCAP_SOURCE_CAPTURE_FILTER_H_
#define ESPCAP_SOURCE_CAPTURE_FILTER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "espcap/result.h"
#include "source/filter_program.h"
#include "source/wireshark_api.h"

namespace espcap::source {

class CaptureFilter {
 public:
  // A link type is there; `misfit` names one that the expression doesn't fit, and says why, and is
  // empty for others.
  using OnLinkType = std::function<void(const std::string& misfit)>;

  // An error where the expression fits no link type at all. Usual ones are compiled for now: those
  // who read packets can't look up names.
  static Result<CaptureFilter> Prepare(const std::string& expression);

  void ReportLinkTypesTo(OnLinkType told) { told_ = std::move(told); }

  // The capture whose records come next.
  void BeginCapture(const std::string& path, wtap* handle);

  // Whether the filter takes the record. Records that are no packets are never taken, nor are those
  // of a link type that the expression doesn't fit, which is told. An error where wiretap keeps
  // bytes apart that the filter would look at.
  Result<bool> Matches(const wireshark::Record& record);

 private:
  struct Compiled {
    Result<FilterProgram> program;  // an error: the expression doesn't fit
    bool is_told = false;
  };

  explicit CaptureFilter(std::string expression) : expression_(std::move(expression)) {}

  Compiled& CompiledFor(int encapsulation, ByteOrder order);
  // Null where the expression doesn't fit.
  const bpf_program* ProgramFor(int encapsulation, ByteOrder order);
  ByteOrder OrderOf(const wireshark::Record& record);

  std::string expression_;
  OnLinkType told_;   // empty: nobody
  std::string path_;  // of the capture
  uint32_t snap_length_ = UINT32_MAX;
  std::optional<std::optional<ByteOrder>> order_;  // of its writer; none: nobody has asked yet
  std::map<std::pair<int, ByteOrder>, Compiled> compiled_;
};

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_CAPTURE_FILTER_H_
