// SPDX-License-Identifier: GPL-2.0-or-later
//
// The jobs of a worker, each in a file of its own. Each runs to its end or to a stop; an error is
// one of the whole job.
#ifndef ESPCAP_WORKER_JOBS_H_
#define ESPCAP_WORKER_JOBS_H_

#include "espcap/result.h"
#include "process/memory_budget.h"
#include "process/messages.h"
#include "process/slot_writer.h"
#include "worker/shard_planner.h"
#include "worker/worker_context.h"

namespace espcap::worker {

// A file, or one of its shards: read, dissected, encoded.
Result<process::Outcome> RunFileJob(WorkerContext& context, const ShardPlanner& planner,
                                    const process::Job& asked, process::MemoryBudget& memory,
                                    process::SlotWriter& out);

// An archive's files, or what a compressed file holds, unpacked to where the supervisor says. What
// is in them is for others to read.
Result<process::Outcome> RunUnpackJob(const WorkerContext& context, const process::Job& job,
                                      process::SlotWriter& out);

// A file, read and handed over in sections that nobody has dissected.
Result<process::Outcome> RunForwardFileJob(WorkerContext& context, const process::Job& asked,
                                           process::MemoryBudget& memory, process::SlotWriter& out);

// The same of what comes out of a ring, to the end of the stream.
Result<process::Outcome> RunForwardStreamJob(const WorkerContext& context, const process::Job& job,
                                             process::SlotWriter& out);

// A pipe, read into a ring.
Result<process::Outcome> RunStreamReadJob(WorkerContext& context, const process::Job& job,
                                          process::SlotWriter& out);

// What comes out of a ring, dissected and encoded. Goes to the end of the stream even after a stop:
// what was read is delivered.
Result<process::Outcome> RunStreamDissectJob(WorkerContext& context, const process::Job& job,
                                             process::MemoryBudget& memory,
                                             process::SlotWriter& out);

// A topic's partition: captures that the supervisor hands over one after another, dissected as one
// stream and encoded. One that is damaged is told, and ends nothing else.
Result<process::Outcome> RunMessageJob(WorkerContext& context, const process::Job& job,
                                       process::MemoryBudget& memory, process::SlotWriter& out);

// An interface, captured into the rings. It is opened with whatever privilege there is, and read
// with none. A remote one is RunRemoteJob()'s.
Result<process::Outcome> RunInterfaceJob(WorkerContext& context, const process::Job& job,
                                         process::SlotWriter& out);

// A stream from a sensor that forwards what it captures, into the rings. Connects without
// privilege, too. A connection that there isn't yet is no error: it is waited for.
Result<process::Outcome> RunRemoteJob(WorkerContext& context, const process::Job& job,
                                      process::SlotWriter& out);

}  // namespace espcap::worker

#endif  // ESPCAP_WORKER_JOBS_H_
