// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which shard of a file takes which address pairs. The first file is planned by a process of its
// own while the zygote prepares; where there is no such plan, each worker comes to the same one
// itself.
#ifndef ESPCAP_WORKER_SHARD_PLANNER_H_
#define ESPCAP_WORKER_SHARD_PLANNER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "espcap/result.h"
#include "process/forked_task.h"
#include "process/messages.h"
#include "process/slot_writer.h"
#include "source/flow_hash.h"
#include "source/shard_plan.h"
#include "source/wireshark_api.h"
#include "worker/worker_context.h"

namespace espcap::worker {

class ShardPlanner {
 public:
  // Borrows the context.
  explicit ShardPlanner(WorkerContext& context) : context_(context) {}

  // Forks a process that plans `job`'s file, whose workers await its plan. REQUIRES: before the
  // zygote.
  Result<void> StartAhead(const process::Job& job);
  // By which a worker awaits that plan.
  [[nodiscard]] std::vector<int> descriptors() const {
    return plan_ahead_ == nullptr ? std::vector<int>() : plan_ahead_->descriptors();
  }

  // In a worker. The same for all shards: either there is one plan for them, or each comes to it by
  // itself. What is wrong with the file is told when it is read again.
  source::ShardPlan PlanOf(const process::Job& job, process::SlotWriter& out) const;

 private:
  [[nodiscard]] Result<std::string> PlanAhead(const process::Job& job) const;
  [[nodiscard]] Result<source::ShardPlan> CountShards(const process::Job& job) const;

  WorkerContext& context_;
  process::Job planned_job_;
  std::unique_ptr<process::ForkedTask> plan_ahead_;  // null: workers plan themselves
};

}  // namespace espcap::worker

#endif  // ESPCAP_WORKER_SHARD_PLANNER_H_
