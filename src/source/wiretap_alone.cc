// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/wiretap_alone.h"

#include <cstdarg>

#include "source/wireshark_api.h"

namespace espcap::source {
namespace {

void ReportNothing(const char* /*format*/, va_list /*arguments*/) {}

}  // namespace

void StartWiretapAlone() {
  wireshark::InitLog<ReportNothing>("espcap", ReportNothing);
  init_process_policies();
  wtap_init(FALSE);
}

}  // namespace espcap::source
