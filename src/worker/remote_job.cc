// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>
#include <utility>

#include "live/remote_address.h"
#include "live/remote_reader.h"
#include "source/filter_program.h"
#include "worker/jobs.h"
#include "worker/recorder.h"

namespace espcap::worker {

using process::Job;
using process::LogMessage;
using process::Outcome;
using process::SlotWriter;

Result<Outcome> RunRemoteJob(WorkerContext& context, const Job& job, SlotWriter& out) {
  const std::string name = job.path.data();
  const auto address = live::ParseRemote(name);
  auto ready = address ? context.GiveUpPrivilegesOfCapture(process::Sockets::kAllowed)
                       : Result<void>(tl::unexpected(address.error()));
  // What it is compiled for is known only when the stream begins.
  if (ready && !context.options().capture_filter.empty()) {
    ready = source::CheckCaptureFilter(context.options().capture_filter);
  }
  out.SendOpened(ready ? "" : ready.error().message);
  if (!ready) return Outcome::kPartial;
  const auto record = [&context, &name, &out](int encapsulation, uint32_t snaplen) {
    return MakeRecorder(context.options().live.raw,
                        {name, context.options().capture_filter, encapsulation, snaplen, true},
                        out);
  };
  live::RemoteReader::LinkContext link_context{
      [&out] { return out.StopRequested(); },
      out.supervisor(),
      [&out](const std::string& message) { out.SendLog(LogMessage::Level::kWarning, message); },
      {}};
  if (!context.options().live.raw.path.empty()) link_context.record = record;
  live::RingFeed feed(*context.memory().shared_state, context.memory().rings,
                      context.memory().duplicates.get(), context.options().live.key, job.interface);
  live::RemoteReader reader(*context.memory().shared_state, feed, job.interface, name,
                            std::move(link_context));
  const auto end = reader.Run(*address, context.options().capture_filter);
  return end == live::RemoteReader::End::kAbandoned ? Outcome::kPartial : Outcome::kComplete;
}

}  // namespace espcap::worker
