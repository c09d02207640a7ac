// SPDX-License-Identifier: GPL-2.0-or-later
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dissect/capture_facts.h"
#include "source/frame_reader.h"
#include "source/record_group.h"
#include "source/shard_plan.h"
#include "worker/file_input.h"
#include "worker/frame_processor.h"
#include "worker/jobs.h"

namespace espcap::worker {
namespace {

using process::Job;
using process::Outcome;
using process::SlotWriter;
using source::FileSource;

struct FileJob {
  // Whether the current frame belongs to another shard.
  [[nodiscard]] bool BelongsToOtherShard() const {
    return plan && plan->ShardOf(GroupOf(source.record(), key)) != job.shard;
  }

  FileSource& source;
  source::FrameReader frames;
  SlotWriter& out;
  FrameProcessor processor;
  process::MemoryBudget& memory;
  bool is_full = false;                   // the memory is nearly spent: another process goes on
  std::optional<source::ShardPlan> plan;  // none: every frame is this worker's
  source::FlowKey key;
  const Job& job;
};

Result<void> OnePass(dissect::Session& session, FileJob& file) {
  while (!file.out.StopRequested()) {
    auto more = file.frames.Next();
    if (!more) return Forward(std::move(more));
    if (!*more) return {};
    file.out.SetSourceBytes(file.source.bytes_read());
    if (file.BelongsToOtherShard()) {
      session.Skip(file.frames.frame_number());
      continue;
    }
    const uint32_t frame = file.frames.frame_number();
    auto processed = file.frames.is_duplicate()
                         ? file.processor.LeaveOut(frame)
                         : file.processor.Process(frame, file.source.record_number());
    if (!processed) return processed;
    // One that has skipped what is settled brings the file on by a frame at least.
    const bool is_of_use = !file.job.is_fresh || frame > file.job.settled_frame;
    if (file.memory.NearLimit() && is_of_use) {
      file.is_full = true;
      return {};
    }
  }
  return {};
}

Result<void> TwoPasses(dissect::Session& session, FileJob& file) {
  Result<void> read = {};  // what ended the first pass is told after the second
  // No record's numbers.
  constexpr uint32_t kOtherShards = 0;
  constexpr uint32_t kDuplicate = UINT32_MAX;
  std::vector<uint32_t> record_numbers;
  while (!file.out.StopRequested()) {
    auto more = file.frames.Next();
    if (!more) {
      read = Forward(std::move(more));
      break;
    }
    if (!*more) break;
    const bool is_other_shards = file.BelongsToOtherShard();
    const uint32_t own = file.frames.is_duplicate() ? kDuplicate : file.source.record_number();
    record_numbers.push_back(is_other_shards ? kOtherShards : own);
    if (is_other_shards || file.frames.is_duplicate()) {
      session.SkipPreview(file.frames.frame_number());
    } else {
      file.processor.Preview(file.frames.frame_number());
    }
    if (!file.memory.NearLimit()) continue;
    read = Fail(
        "{}: two passes over more than {} packets need more than --worker-memory; the rest "
        "is left out",
        file.source.name(), file.frames.frame_number());
    break;
  }
  session.EndPreview();
  file.source.EndSequentialReading();
  const auto frame_count = static_cast<uint32_t>(record_numbers.size());
  for (uint32_t frame = 1; frame <= frame_count && !file.out.StopRequested(); ++frame) {
    file.out.SetSourceBytes(file.source.bytes_total() / frame_count * frame);
    file.out.CountWork();
    const uint32_t record_number = record_numbers[frame - 1];
    if (record_number == kOtherShards) {
      session.Skip(frame);
      continue;
    }
    if (record_number == kDuplicate) {
      if (auto left_out = file.processor.LeaveOut(frame); !left_out) return left_out;
      continue;
    }
    auto found = file.source.ReadAt(session.OffsetOf(frame), record_number);
    if (!found) return found;
    if (auto processed = file.processor.Process(frame, record_number); !processed) {
      return processed;
    }
  }
  return read;
}

}  // namespace

Result<Outcome> RunFileJob(WorkerContext& context, const ShardPlanner& planner, const Job& asked,
                           process::MemoryBudget& memory, SlotWriter& out) {
  auto input = OpenFileInput(context, asked, out);
  if (!input) return input.error();
  const Job& job = input->job;
  source::FileSource& source = *input->source;
  const bool reports = job.shard == 0;  // what is the whole file's, not a frame's, is said once
  if (context.options().origin_path) {
    source.SetOriginPath(context.options().origin_path(asked.path.data(), job.is_from_directory));
  }
  FileJob file{source,
               context.FramesOf(source, job),
               out,
               FrameProcessor(source, context.session(), context.writer(), job, out,
                              {context.options().conversation_sensor, context.options().shard_key}),
               memory,
               false,
               std::nullopt,
               context.options().shard_key,
               job};
  if (job.is_fresh) file.processor.ContinueAfter(job.continuation.documents);
  if (const auto& duplicates = context.options().duplicates) {
    file.frames.FindDuplicates(*duplicates);
  }
  if (job.shards > 1) file.plan = planner.PlanOf(job, out);
  context.session().Attach(source);
  dissect::LearnFactsOf(source.handle());
  auto done = context.options().two_pass ? TwoPasses(context.session(), file)
                                         : OnePass(context.session(), file);
  if (out.StopRequested()) return Outcome::kPartial;
  if (!done) return reports ? Result<Outcome>(Forward(std::move(done))) : Outcome::kPartial;
  if (file.is_full) return Outcome::kSessionLimitReached;
  return job.packet_limit == 0 ? Outcome::kComplete : Outcome::kPartial;
}

}  // namespace espcap::worker
