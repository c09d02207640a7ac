// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstring>
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

// What a worker on a stream leaves for the next one.
struct StreamCheckpoint {
  uint64_t documents = 0;
  uint32_t displayed_number = 0;
  nstime_t displayed_time{};
};

StreamCheckpoint CheckpointOf(const PacketRing& ring) {
  StreamCheckpoint checkpoint;
  static_assert(sizeof(checkpoint) <= PacketRing::kCheckpointBytes);
  std::memcpy(&checkpoint, ring.Checkpoint().data(), sizeof(checkpoint));
  return checkpoint;
}

void SaveCheckpoint(PacketRing& ring, const StreamCheckpoint& checkpoint) {
  ring.SaveCheckpoint({reinterpret_cast<const char*>(&checkpoint), sizeof(checkpoint)});
}

}  // namespace

Result<Outcome> RunStreamDissectJob(WorkerContext& context, const Job& job, SlotWriter& out) {
  constexpr uint64_t kPacketsBetweenLooks = 256;  // at the resident size
  PacketRing& ring = context.ring(job);
  const std::string path = job.path.data();
  stream::StreamSource source(path == "-" ? "standard input" : path, ring);
  context.session().Attach(source);
  Job unsettled = job;
  unsettled.settled_frame = 0;  // those that were are left out here
  FrameProcessor processor(source, context.session(), context.writer(), unsettled, out);
  StreamCheckpoint checkpoint = CheckpointOf(ring);
  processor.ContinueAfter(checkpoint.documents);
  const process::ResidentSize resident;
  stream::SessionUse use;
  uint32_t last_frame = 0;
  for (;;) {
    const PacketRing::State state = source.Next(context.options().flush_interval);
    if (state == PacketRing::State::kEnd) return Outcome::kComplete;
    if (state == PacketRing::State::kRecord) {
      const stream::StreamRecord& facts = source.facts();
      const uint32_t frame = facts.frame_number;
      // Numbers have begun anew: what this session remembers has other ones.
      if (frame < last_frame) return Outcome::kSessionLimitReached;
      if (stream::IsAfter(frame, job.settled_frame)) {
        // Of a live capture, other workers have frames between these.
        if (frame != last_frame + 1) {
          context.session().ContinueAfter(
              {frame - 1, facts.first_time, facts.previous_time,
               context.has_display_filter() ? checkpoint.displayed_number : frame - 1,
               context.has_display_filter() ? checkpoint.displayed_time : facts.previous_time});
        }
        last_frame = frame;
        auto taken = source.has_image()
                         ? processor.Take(frame, facts.fingerprint)
                         : processor.Fail(frame, "larger than the memory that packets go through");
        if (!taken) return Forward(std::move(taken));
        if (processor.selected()) {
          checkpoint = {processor.documents(), frame, source.record().rec()->ts};
          SaveCheckpoint(ring, checkpoint);
        }
        ++use.packets;
        use.bytes += source.record().data().size();
      }
      source.Release();
      if (use.packets % kPacketsBetweenLooks == 0) use.resident_bytes = resident.Bytes();
      if (stream::IsFull(context.options().session_limits, use)) {
        return Outcome::kSessionLimitReached;
      }
    }
    out.HandOverIfOlderThan(context.options().flush_interval);
  }
}

}  // namespace espcap::worker
