// SPDX-License-Identifier: GPL-2.0-or-later
//
// A frame whose dissection ends processes, as a capture file of its own.
#ifndef ESPCAP_WORKER_KEPT_FRAME_H_
#define ESPCAP_WORKER_KEPT_FRAME_H_

#include <string>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "source/capture_source.h"

namespace espcap::worker {

// The source's current record, with the reason as its comment.
Result<void> KeepFrame(base::FileDescriptor file, const source::CaptureSource& source,
                       const std::string& reason);

}  // namespace espcap::worker

#endif  // ESPCAP_WORKER_KEPT_FRAME_H_
