// SPDX-License-Identifier: GPL-2.0-or-later
//
// The processes that a run begins with, in the order in which they are forked: each has nothing of
// those after it.
#ifndef ESPCAP_APP_RUN_PROCESSES_H_
#define ESPCAP_APP_RUN_PROCESSES_H_

#include <functional>
#include <memory>
#include <optional>

#include "espcap/result.h"
#include "process/file_hasher.h"
#include "process/file_opener.h"
#include "process/privileges.h"
#include "process/zygote.h"
#include "supervise/options.h"
#include "telemetry/log.h"
#include "worker/shard_planner.h"
#include "worker/worker_context.h"

namespace espcap::app {

struct RunProcesses {
  std::unique_ptr<process::FileHasher> hasher;       // null: nobody asks for fingerprints
  std::unique_ptr<process::FileOpener> file_opener;  // null: no directory is watched, no file goes
  std::unique_ptr<process::Zygote> opener;           // of interfaces; null: nothing is live
  std::unique_ptr<process::Zygote> zygote;
};

// What one of them does with files for the supervisor.
struct FileAccess {
  bool is_asked = false;
  std::optional<process::Identity> identity;  // who it becomes, as the supervisor does
  std::function<Result<process::FileOpener::Watches>()> open_watches;
};

// Context and planner are borrowed by the processes' copies of this one. `log` is told what they
// say until they are prepared. REQUIRES: this process has neither threads nor connections.
Result<RunProcesses> StartProcesses(const supervise::Options& options, const FileAccess& files,
                                    worker::WorkerContext& context,
                                    const worker::ShardPlanner& planner, telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_RUN_PROCESSES_H_
