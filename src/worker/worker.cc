// SPDX-License-Identifier: GPL-2.0-or-later
#include "worker/worker.h"

#include <utility>
#include <vector>

#include "dissect/conversations.h"
#include "process/slot_writer.h"
#include "worker/jobs.h"

namespace espcap::worker {
namespace {

using process::Job;
using process::LogMessage;
using process::Outcome;
using process::SlotWriter;

Result<Outcome> RunJob(WorkerContext& context, const ShardPlanner& planner, const Job& job,
                       SlotWriter& out) {
  if (auto given_up = context.GiveUpPrivileges(job); !given_up) {
    return Forward(std::move(given_up));
  }
  const uint64_t memory_bytes =
      job.memory_bytes != 0 ? job.memory_bytes : context.options().memory_bytes;
  process::MemoryBudget memory(job.role == Job::Role::kCapture ? 0 : memory_bytes);
  const bool forwards = context.options().forwards;
  if (job.role != Job::Role::kCapture && !forwards) {
    context.writer().SetNeeds(job.needs);
    context.writer().SetSession(job.session);
  }
  out.HandOverEach(job.careful_frames);
  switch (job.role) {
    case Job::Role::kUnpack:
      return RunUnpackJob(context, job, out);
    case Job::Role::kReadStream:
      return RunStreamReadJob(context, job, out);
    case Job::Role::kCapture:
      return RunInterfaceJob(context, job, out);
    case Job::Role::kDissectStream:
      if (forwards) return RunForwardStreamJob(context, job, out);
      return RunStreamDissectJob(context, job, memory, out);
    case Job::Role::kDissectMessages:
      return RunMessageJob(context, job, memory, out);
    default:
      if (forwards) return RunForwardFileJob(context, job, memory, out);
      return RunFileJob(context, planner, job, memory, out);
  }
}

}  // namespace

void RunWorker(WorkerContext& context, const ShardPlanner& planner, const Job& job,
               process::Channel channel) {
  if (job.role != Job::Role::kCapture) process::OfferToEndFirst();
  std::vector<int> descriptors = planner.descriptors();
  descriptors.push_back(channel.fd());
  const auto kept = context.KeepOwn(job, std::move(descriptors));
  SlotWriter out(context.slots(job), context.control(), std::move(channel));
  context.SendLogsBy(
      [&out](const LogMessage& message) { out.SendLog(message.level, message.Text()); });
  context.ReportLinkTypesTo([&out](const std::string& misfit) { out.SendLinkType(misfit); });
  auto outcome =
      kept ? RunJob(context, planner, job, out) : Result<Outcome>(tl::unexpected(kept.error()));
  if (!outcome) out.SendLog(LogMessage::Level::kError, outcome.error().message);
  const bool has_conversations = job.role == Job::Role::kDissectMessages;
  out.Finish(outcome.value_or(Outcome::kPartial),
             has_conversations ? dissect::CountConversations() : 0);
}

}  // namespace espcap::worker
