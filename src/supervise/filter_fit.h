// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which of the link types that a run's captures have its capture filter fits, as workers tell.
#ifndef ESPCAP_SUPERVISE_FILTER_FIT_H_
#define ESPCAP_SUPERVISE_FILTER_FIT_H_

#include <fmt/ranges.h>

#include <cstddef>
#include <set>
#include <string>

#include "espcap/result.h"

namespace espcap::supervise {

class FilterFit {
 public:
  void NoteFit() { fits_ = true; }
  // A link type, and why not. Whether it is news.
  bool NoteMisfit(const std::string& what) {
    constexpr size_t kMax = 64;  // whatever a worker says
    return misfits_.size() < kMax && misfits_.insert(what).second;
  }

  // Once all is read: an error where the filter fits none of the link types that were there.
  [[nodiscard]] Result<void> Verdict(const std::string& expression) const {
    if (fits_ || misfits_.empty()) return {};
    return Fail(
        "--bpf '{}': it fits none of the link types that are there: {}; pcap-filter(7) has the "
        "language",
        expression, fmt::join(misfits_, ", "));
  }

 private:
  bool fits_ = false;
  std::set<std::string> misfits_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_FILTER_FIT_H_
