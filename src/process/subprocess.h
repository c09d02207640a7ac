// SPDX-License-Identifier: GPL-2.0-or-later
//
// Work in a process of its own, for a result that is text: what it loads and leaves behind ends
// with it. Of the caller's files it has standard input, output and error only. REQUIRES: one
// thread.
#ifndef ESPCAP_PROCESS_SUBPROCESS_H_
#define ESPCAP_PROCESS_SUBPROCESS_H_

#include <functional>
#include <string>

#include "espcap/result.h"

namespace espcap::process {

// Waits for it. An error is the work's own, or that its process died.
Result<std::string> RunInSubprocess(const std::function<Result<std::string>()>& work);

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_SUBPROCESS_H_
