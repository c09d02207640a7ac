// SPDX-License-Identifier: GPL-2.0-or-later
//
// A display filter (tshark's -Y), compiled once and used by every session of the process.
#ifndef ESPCAP_DISSECT_DISPLAY_FILTER_H_
#define ESPCAP_DISSECT_DISPLAY_FILTER_H_

#include <memory>
#include <string>
#include <string_view>

#include "espcap/result.h"
#include "source/wireshark_api.h"

struct epan_dfilter;

namespace espcap::dissect {

class DisplayFilter {
 public:
  // REQUIRES: a started EpanLibrary. An error shows the option, the expression and what is wrong
  // with it.
  static Result<DisplayFilter> Compile(const std::string& expression,
                                       std::string_view option = "--filter");

  // Asks the next dissection for the fields the filter looks at.
  void Prime(epan_dissect_t* edt) const;
  [[nodiscard]] bool Selects(epan_dissect_t* edt) const;
  // Whether it selects by columns of the packet list: dissections have to fill them then.
  [[nodiscard]] bool ReadsColumns() const { return wireshark::ReadsColumns(filter_.get()); }

 private:
  struct Free {
    void operator()(epan_dfilter* filter) const;
  };
  explicit DisplayFilter(epan_dfilter* filter) : filter_(filter) {}

  std::unique_ptr<epan_dfilter, Free> filter_;
};

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_DISPLAY_FILTER_H_
