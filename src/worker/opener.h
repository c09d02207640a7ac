// SPDX-License-Identifier: GPL-2.0-or-later
//
// The process that opens interfaces: it has the right to do so, and no other. It parses nothing; a
// process that it forks for an opening gives up that right, too, before it reads a packet.
#ifndef ESPCAP_WORKER_OPENER_H_
#define ESPCAP_WORKER_OPENER_H_

#include "espcap/result.h"
#include "worker/worker_options.h"

namespace espcap::worker {

// In that process, first of all.
Result<void> PrepareOpener(const WorkerOptions& options);

}  // namespace espcap::worker

#endif  // ESPCAP_WORKER_OPENER_H_
