// SPDX-License-Identifier: GPL-2.0-or-later
//
// A worker's life: one job, from its source through dissection and encoding into batch slots, or
// from its source into rings.
#ifndef ESPCAP_WORKER_WORKER_H_
#define ESPCAP_WORKER_WORKER_H_

#include "process/channel.h"
#include "process/messages.h"
#include "worker/shard_planner.h"
#include "worker/worker_context.h"

namespace espcap::worker {

// In a fork of the zygote, once: the job, to its end.
void RunWorker(WorkerContext& context, const ShardPlanner& planner, const process::Job& job,
               process::Channel channel);

}  // namespace espcap::worker

#endif  // ESPCAP_WORKER_WORKER_H_
