// SPDX-License-Identifier: GPL-2.0-or-later
//
// The process that opens interfaces: it has the right to do so, and no other. It follows
// them by netlink, for all that capture. It parses no packet; a process that it forks for an
// opening gives up that right, too, before it reads one.
#ifndef ESPCAP_WORKER_OPENER_H_
#define ESPCAP_WORKER_OPENER_H_

#include <memory>

#include "espcap/result.h"
#include "live/link_watch.h"
#include "worker/worker_context.h"
#include "worker/worker_options.h"

namespace espcap::worker {

// In that process, first of all: it follows the run's interfaces from now on.
Result<std::unique_ptr<live::LinkWatch>> PrepareOpener(const WorkerOptions& options,
                                                       const SharedMemory& memory);

}  // namespace espcap::worker

#endif  // ESPCAP_WORKER_OPENER_H_
