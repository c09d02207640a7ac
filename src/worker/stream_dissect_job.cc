// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <string>
#include <utility>

#include "process/resident_size.h"
#include "stream/stream_source.h"
#include "worker/frame_processor.h"
#include "worker/jobs.h"

namespace espcap::worker {
namespace {

using process::Job;
using process::Outcome;
using process::PacketRing;
using process::SlotWriter;

// A frame as the last one that the display filter selected.
struct Displayed {
  uint32_t number = 0;
  nstime_t time{};
};

}  // namespace

Result<Outcome> RunStreamDissectJob(WorkerContext& context, const Job& job,
                                    process::MemoryBudget& memory, SlotWriter& out) {
  constexpr uint64_t kPacketsBetweenLooks = 256;  // at the resident size
  PacketRing& ring = context.ring(job);
  const std::string path = job.path.data();
  stream::StreamSource source(path == "-" ? "standard input" : path, ring);
  context.session().Attach(source);
  Job unsettled = job;
  unsettled.settled_frame = 0;  // those that were aren't in the ring any more
  FrameProcessor processor(source, context.session(), context.writer(), unsettled, out,
                           {context.options().conversation_sensor, context.options().shard_key});
  const Job::Continuation& before = job.continuation;
  processor.ContinueAfter(before.documents);
  Displayed displayed{before.last_frame, {before.last_seconds, before.last_nanoseconds}};
  const process::ResidentSize resident;
  stream::SessionUse use;
  uint32_t last_frame = 0;
  auto most_wait = context.options().flush_interval;
  if (const auto limit = context.options().frame_timeout; limit.count() > 0) {
    most_wait = std::min(most_wait, limit);
  }
  for (;;) {
    const PacketRing::State state = source.Next(most_wait);
    out.CountWork();
    if (state == PacketRing::State::kEnd) return Outcome::kComplete;
    if (state == PacketRing::State::kRecord) {
      const stream::StreamRecord& facts = source.facts();
      const uint32_t frame = facts.frame_number;
      // Numbers have begun anew: what this session remembers has other ones.
      if (frame < last_frame) return Outcome::kSessionLimitReached;
      if (facts.is_duplicate != 0) {
        if (auto counted = out.AddDuplicate(frame); !counted) return Forward(std::move(counted));
        source.Pass();
        out.HandOverIfOlderThan(context.options().flush_interval);
        continue;
      }
      // Of a live capture, other workers have frames between these.
      if (frame != last_frame + 1) {
        context.session().ContinueAfter(
            {frame - 1, facts.first_time, facts.previous_time,
             context.has_display_filter() ? displayed.number : frame - 1,
             context.has_display_filter() ? displayed.time : facts.previous_time});
      }
      last_frame = frame;
      auto processed =
          source.has_image()
              ? processor.Process(frame, source.record_id().number)
              : processor.Fail(frame, "larger than the memory that packets go through");
      if (!processed) return Forward(std::move(processed));
      if (processor.selected()) displayed = {frame, source.record().rec()->ts};
      ++use.packets;
      use.bytes += source.record().data().size();
      source.Pass();
      if (use.packets % kPacketsBetweenLooks == 0) use.resident_bytes = resident.Bytes();
      if (stream::IsFull(context.options().session_limits, use) || memory.NearLimit()) {
        return Outcome::kSessionLimitReached;
      }
    }
    out.HandOverIfOlderThan(context.options().flush_interval);
  }
}

}  // namespace espcap::worker
