// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/display_filter.h"

#include "source/filter_program.h"

namespace espcap::dissect {

void DisplayFilter::Free::operator()(epan_dfilter* filter) const { dfilter_free(filter); }

Result<DisplayFilter> DisplayFilter::Compile(const std::string& expression,
                                             std::string_view option) {
  dfilter_t* filter = nullptr;
  const std::string fault = wireshark::CompileFilter(expression.c_str(), &filter);
  if (!fault.empty()) {
    const bool is_capture_filter = source::CheckCaptureFilter(expression).has_value();
    return Fail("{} '{}': {}{}", option, expression, fault,
                is_capture_filter ? " It is a capture filter; give it with --bpf." : "");
  }
  if (filter == nullptr) return Fail("{} '{}': empty", option, expression);
  return DisplayFilter(filter);
}

void DisplayFilter::Prime(epan_dissect_t* edt) const {
  epan_dissect_prime_with_dfilter(edt, filter_.get());
}

bool DisplayFilter::Selects(epan_dissect_t* edt) const {
  return dfilter_apply_edt(filter_.get(), edt) != FALSE;
}

}  // namespace espcap::dissect
