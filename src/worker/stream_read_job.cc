// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>
#include <utility>

#include "source/frame_reader.h"
#include "stream/stream_reader.h"
#include "worker/jobs.h"

namespace espcap::worker {

using process::Job;
using process::LogMessage;
using process::Outcome;
using process::PacketRing;
using process::SlotWriter;
using source::FileSource;

Result<Outcome> RunStreamReadJob(WorkerContext& context, const Job& job, SlotWriter& out) {
  PacketRing& ring = context.ring(job);
  auto source = FileSource::Open(job.path.data(), context.Access());
  // A stop interrupts a read that waits: no fault of the stream's.
  if (!source && out.StopRequested()) return Outcome::kPartial;
  if (!source) {
    out.SendLog(LogMessage::Level::kError, source.error().message);
    return Outcome::kUnreadable;
  }
  out.SendLog(LogMessage::Level::kVerbose, "reading " + (*source)->name());
  source::FrameReader frames = context.FramesOf(**source, job);
  if (const auto& duplicates = context.options().duplicates) frames.FindDuplicates(*duplicates);
  stream::StreamReader reader(**source, frames, ring, [&out](const std::string& message) {
    out.SendLog(LogMessage::Level::kWarning, message);
  });
  const bool has_ids = context.options().shape.format == encode::Format::kBulk;
  if (has_ids && !context.options().forwards) {
    reader.AddFingerprints();
  }
  auto done = reader.Run([&out] { return out.StopRequested(); });
  if (out.StopRequested()) return Outcome::kPartial;
  if (!done) return Forward(std::move(done));
  return Outcome::kComplete;
}

}  // namespace espcap::worker
