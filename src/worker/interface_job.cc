// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "live/live_reader.h"
#include "live/remote_address.h"
#include "worker/jobs.h"
#include "worker/recorder.h"

namespace espcap::worker {

using process::Job;
using process::LogMessage;
using process::Outcome;
using process::SlotWriter;

Result<Outcome> RunInterfaceJob(WorkerContext& context, const Job& job, SlotWriter& out) {
  const std::string name = job.path.data();
  if (live::IsRemote(name)) return RunRemoteJob(context, job, out);
  const live::Link link(name, context.memory().board->LastIndex(job.interface));
  context.memory().board->RememberIndex(job.interface, link.index());
  auto device = live::Device::Open(link.Look().name, context.options().live.device);
  const live::FanoutOptions& fanout = context.options().live.fanout;
  Result<void> ready;
  if (device && fanout.group != 0) {
    ready = (*device)->JoinFanout(static_cast<uint16_t>(fanout.group + job.interface));
  }
  if (device && ready) ready = (*device)->SetFilter(context.options().capture_filter);
  auto packets = device && ready ? live::LinkPackets::Of((*device)->link_type(), job.interface,
                                                         (*device)->nanoseconds())
                                 : tl::unexpected(Error{});
  if (device && ready && !packets) {
    ready = Fail("capture on {}: {}", name, packets.error().message);
  }
  using Reason = live::DeviceError::Reason;
  if (!device && device.error().reason == Reason::kOther) {
    ready = Fail("{}", device.error().message);
  }
  if (ready) {
    ready = context.GiveUpPrivilegesOfCapture();
  }
  if (!ready) {
    out.SendOpened(ready.error().message);
    return Outcome::kPartial;
  }
  const auto warn = [&out](const std::string& message) {
    out.SendLog(LogMessage::Level::kWarning, message);
  };
  std::unique_ptr<live::RawRecorder> raw;
  if (device && !context.options().live.raw.path.empty()) {
    raw = MakeRecorder(context.options().live.raw,
                       {name, context.options().capture_filter, packets->encapsulation(),
                        context.options().live.device.snaplen, (*device)->nanoseconds()},
                       out);
  }
  live::RingFeed feed(*context.memory().board, context.memory().rings,
                      context.memory().duplicates.get(), context.options().live.key, job.interface);
  live::LiveReader reader(*context.memory().board, feed, job.interface,
                          {[&out] { return out.StopRequested(); }, out.supervisor(), warn,
                           raw.get(), job.fanout_index == 0});
  live::LiveReader::End end{};
  if (device) {
    for (const std::string& warning : (*device)->warnings()) warn(warning);
    out.SendOpened();
    end = reader.Run(std::move(*device), *packets, link);
  } else {
    if (job.fanout_index == 0) warn(device.error().message + "; waited for");
    out.SendOpened();
    end = reader.AwaitInterface(link);
  }
  if (fanout.processes > 1) {
    out.SendLog(LogMessage::Level::kVerbose,
                fmt::format("{}: process {} of {} has read {} packets", name, job.fanout_index + 1,
                            fanout.processes, reader.taken()));
  }
  if (end == live::LiveReader::End::kBack) return Outcome::kInterfaceBack;
  return end == live::LiveReader::End::kAbandoned ? Outcome::kPartial : Outcome::kComplete;
}

}  // namespace espcap::worker
