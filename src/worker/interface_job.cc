// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "live/live_reader.h"
#include "live/own_traffic.h"
#include "live/remote_address.h"
#include "worker/jobs.h"
#include "worker/recorder.h"

namespace espcap::worker {

using process::Job;
using process::LogMessage;
using process::Outcome;
using process::SlotWriter;

namespace {

// Of this machine's own connections; none where these are captured.
Result<std::vector<live::IpAddress>> OwnAddresses(live::PortRange ports, const live::Link& link) {
  if (ports.count == 0) return {};
  return live::LocalAddresses(link.Look().name);
}

}  // namespace

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
  const live::PortRange own_ports = context.memory().board->own_ports();
  auto addresses = OwnAddresses(own_ports, link);
  if (ready && !addresses) ready = tl::unexpected(addresses.error());
  if (device && ready) {
    ready = (*device)->SetFilter(
        context.options().capture_filter,
        live::OwnTrafficFilters(own_ports, *addresses, (*device)->link_type()));
  }
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
  std::function<void()> look;
  if (own_ports.count != 0 && job.fanout_index == 0) {
    look = [&addresses, &link, &warn, own_ports] {
      auto now = OwnAddresses(own_ports, link);
      if (!now) return;
      if (const auto change = live::DescribeNewAddress(*addresses, *now)) warn(*change);
      addresses = std::move(now);
    };
  }
  live::RingFeed feed(*context.memory().board, context.memory().rings,
                      context.memory().duplicates.get(), context.options().live.key, job.interface);
  live::LiveReader reader(*context.memory().board, feed, job.interface,
                          {[&out] { return out.StopRequested(); }, out.supervisor(), warn,
                           raw.get(), look, job.fanout_index == 0});
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
