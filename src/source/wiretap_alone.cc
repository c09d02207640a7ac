// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/wiretap_alone.h"

#include <cstdarg>

#include "source/wireshark_api.h"

namespace espcap::source {
namespace {

void WriteNothing(const char* /*domain*/, ws_log_level /*level*/, timespec /*time*/,
                  const char* /*file*/, long /*line*/, const char* /*function*/,
                  const char* /*format*/, va_list /*arguments*/, void* /*user_data*/) {}

void ReportNothing(const char* /*format*/, va_list /*arguments*/) {}

}  // namespace

void StartWiretapAlone() {
  wireshark::InitLog("espcap", WriteNothing, ReportNothing);
  init_process_policies();
  wtap_init(FALSE);
}

}  // namespace espcap::source
