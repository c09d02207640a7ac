// SPDX-License-Identifier: GPL-2.0-or-later
#include "worker/shard_planner.h"

#include <utility>

#include "source/file_source.h"
#include "source/record_group.h"
#include "source/wiretap_alone.h"

namespace espcap::worker {

using process::Job;
using process::LogMessage;
using source::FileSource;

Result<void> ShardPlanner::StartAhead(const Job& job) {
  planned_job_ = job;
  auto plan = process::ForkedTask::Start([this, &job] { return PlanAhead(job); });
  if (!plan) return Forward(std::move(plan));
  plan_ahead_ = std::move(*plan);
  return {};
}

// Reads the file once more before its dissection, of which that takes a fraction.
Result<source::ShardPlan> ShardPlanner::CountShards(const Job& job) const {
  source::ShardPlan plan(job.shards);
  auto source = FileSource::Open(job.path.data(), FileSource::Access::kSequential);
  if (!source) return Fail("{}", source.error().message);
  source::FrameReader frames = context_.FramesOf(**source, job);
  while (!context_.control().StopRequested() && frames.Next().value_or(false)) {
    // All must count the same frames, even of a file that grows.
    const bool is_growth = (*source)->bytes_are_plain() &&
                           static_cast<uint64_t>((*source)->offset()) >= job.file_bytes;
    if (is_growth) break;
    const wireshark::Record& record = (*source)->record();
    plan.Count(GroupOf(record, context_.options().shard_key),
               source::FrameWeight(record.data().size()));
  }
  plan.Settle();
  return plan;
}

Result<std::string> ShardPlanner::PlanAhead(const Job& job) const {
  context_.DropShared();
  source::StartWiretapAlone();
  if (auto compiled = context_.CompileCaptureFilter(); !compiled) {
    return Forward(std::move(compiled));
  }
  if (auto given_up = context_.GiveUpPrivileges(job); !given_up) {
    return Forward(std::move(given_up));
  }
  auto plan = CountShards(job);
  if (!plan) return Forward(std::move(plan));
  return plan->ToBytes();
}

source::ShardPlan ShardPlanner::PlanOf(const Job& job, process::SlotWriter& out) const {
  const bool is_planned = plan_ahead_ != nullptr && planned_job_.path == job.path &&
                          planned_job_.file_bytes == job.file_bytes &&
                          planned_job_.packet_limit == job.packet_limit;
  if (is_planned) {
    const auto bytes = plan_ahead_->Await([this] { return context_.control().StopRequested(); });
    if (auto plan = source::ShardPlan::FromBytes(bytes.value_or(std::string())); plan) {
      if (job.shard == 0) out.SendLog(LogMessage::Level::kVerbose, "its shares were planned ahead");
      return std::move(*plan);
    }
  }
  auto plan = CountShards(job);
  return plan ? std::move(*plan) : source::ShardPlan(job.shards);
}

}  // namespace espcap::worker
