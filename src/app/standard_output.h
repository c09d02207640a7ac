// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a command prints for its user. Not for documents: sink/stream_sink.h.
#ifndef ESPCAP_APP_STANDARD_OUTPUT_H_
#define ESPCAP_APP_STANDARD_OUTPUT_H_

#include <string_view>

#include "espcap/result.h"

namespace espcap::app {

// All of it, or an error. Where its reader has ended (`| head`), the program ends as SIGPIPE ends
// others, and quietly, also where that signal is ignored.
Result<void> PrintText(std::string_view text);

}  // namespace espcap::app

#endif  // ESPCAP_APP_STANDARD_OUTPUT_H_
