// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "live/blindness.h"
#include "live/link_state.h"
#include "live/live_reader.h"
#include "live/own_traffic.h"
#include "live/remote_address.h"
#include "live/supervisor_end.h"
#include "worker/jobs.h"
#include "worker/recorder.h"

namespace espcap::worker {

using process::Job;
using process::LogMessage;
using process::Outcome;
using process::SlotWriter;

namespace {

// Of this machine's own connections; none where these are captured.
Result<std::vector<live::IpAddress>> OwnAddresses(const WorkerContext& context,
                                                  const std::string& interface) {
  if (context.memory().shared_state->own_ports().count == 0) return {};
  return live::LocalAddresses(*context.memory().links, interface);
}

// An interface, opened as the run wants it.
struct Opening {
  tl::expected<std::unique_ptr<live::Device>, live::DeviceError> device;
  std::vector<live::IpAddress> addresses;  // of this machine's own connections
  std::optional<live::LinkPackets> packets;
  Result<void> ready;  // an error: it is no use to wait for the interface
};

Opening Open(const WorkerContext& context, const Job& job, const live::Link& link) {
  const live::Options& live = context.options().live;
  Opening opening{live::Device::Open(link.Look().name, live.device), {}, {}, {}};
  auto& [device, addresses, packets, ready] = opening;
  const live::PortRange own_ports = context.memory().shared_state->own_ports();
  if (auto found = OwnAddresses(context, link.Look().name); found) {
    addresses = std::move(*found);
  } else {
    ready = tl::unexpected(found.error());
  }
  if (!device) {
    const bool is_there = device.error().reason == live::DeviceError::Reason::kOther;
    if (is_there) ready = Fail("{}", device.error().message);
    return opening;
  }
  const live::FanoutOptions& fanout = live.fanout;
  if (ready && fanout.group != 0) {
    ready = (*device)->JoinFanout(static_cast<uint16_t>(fanout.group + job.interface));
  }
  if (!ready) return opening;
  const int link_type = (*device)->link_type();
  ready = (*device)->SetFilter(context.options().capture_filter,
                               live::OwnTrafficFilters(own_ports, addresses, link_type));
  if (!ready) return opening;
  auto made = live::LinkPackets::Of(link_type, job.interface, (*device)->nanoseconds());
  if (made) {
    packets = *made;
  } else {
    ready = Fail("capture on {}: {}", job.path.data(), made.error().message);
  }
  return opening;
}

// What fails at the start is the user's to repair. Later it is tried until it succeeds.
Opening OpenForRun(const WorkerContext& context, const Job& job, const live::Link& link,
                   const SlotWriter& out, std::atomic<uint64_t>& work) {
  constexpr std::chrono::milliseconds kPause{1000};
  Opening opening = Open(context, job, link);
  bool is_told = job.fanout_index != 0;
  while (!opening.ready && job.is_later && !out.StopRequested()) {
    if (!std::exchange(is_told, true)) {
      out.SendLog(LogMessage::Level::kWarning,
                  opening.ready.error().message + "; tried again every second");
    }
    if (live::SupervisorEnded(out.supervisor(), kPause)) break;
    work.fetch_add(1, std::memory_order_relaxed);
    opening = Open(context, job, link);
  }
  return opening;
}

// Tells the shared state and the user of a capture that sees nothing. Only where all that the link
// receives is captured.
class BlindnessWatch {
 public:
  BlindnessWatch(const WorkerContext& context, const Job& job, const live::Link& link,
                 std::function<void(const std::string&)> warn)
      : shared_state_(*context.memory().shared_state),
        job_(job),
        warn_(std::move(warn)),
        is_on_(link.index() != 0 && job.fanout_index == 0 &&
               context.options().capture_filter.empty()) {
    Look(link.Look());
  }
  ~BlindnessWatch() { shared_state_.SetBlind(job_.interface, false); }
  BlindnessWatch(const BlindnessWatch&) = delete;
  BlindnessWatch& operator=(const BlindnessWatch&) = delete;

  void Look(const live::LinkState& now) {
    if (!is_on_ || !now.received) return;
    const live::InterfaceCounts counts = shared_state_.CountsOf(job_.interface);
    const bool was_blind = blindness_.is_blind();
    blindness_.Update(*now.received, counts.received + counts.kernel_dropped,
                      live::Blindness::Time::clock::now());
    // Packets of the run's own connections are left out.
    const bool has_own = shared_state_.own_ports().count != 0 && blindness_.is_blind() &&
                         !was_blind && now.has_address;
    if (has_own) is_on_ = false;
    const bool is_blind = is_on_ && blindness_.is_blind();
    shared_state_.SetBlind(job_.interface, is_blind);
    if (is_blind && !was_blind) {
      warn_(
          fmt::format("{}: the link receives packets, and the capture has seen none for {} s; "
                      "a program on this machine may get them first (XDP)",
                      now.name, live::Blindness::kLongest.count()));
    }
  }

 private:
  const live::SharedCaptureState& shared_state_;
  const Job& job_;
  std::function<void(const std::string&)> warn_;
  bool is_on_;
  live::Blindness blindness_;
};

}  // namespace

Result<Outcome> RunInterfaceJob(WorkerContext& context, const Job& job, SlotWriter& out) {
  const std::string name = job.path.data();
  if (live::IsRemote(name)) return RunRemoteJob(context, job, out);
  const live::Link link(*context.memory().links, job.interface, name,
                        context.memory().shared_state->LastIndex(job.interface));
  context.memory().shared_state->RememberIndex(job.interface, link.index());
  const live::FanoutOptions& fanout = context.options().live.fanout;
  std::atomic<uint64_t>& work =
      context.memory().shared_state->WorkOf(job.interface, job.fanout_index);
  auto [device, addresses, packets, ready] = OpenForRun(context, job, link, out, work);
  if (ready) ready = context.GiveUpPrivilegesOfCapture(process::Sockets::kOpen);
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
  BlindnessWatch blindness(context, job, link, warn);
  const bool has_own_ports = context.memory().shared_state->own_ports().count != 0;
  const bool looks_at_addresses = has_own_ports && job.fanout_index == 0;
  const auto look = [&, &known = addresses](const live::LinkState& state) {
    blindness.Look(state);
    if (!looks_at_addresses) return;
    auto now = OwnAddresses(context, state.name);
    if (!now) return;
    if (const auto change = live::DescribeNewAddress(known, *now)) warn(*change);
    known = std::move(*now);
  };
  live::RingFeed feed(*context.memory().shared_state, context.memory().rings,
                      context.memory().duplicates.get(), context.options().live.key, job.interface);
  live::LiveReader reader(*context.memory().shared_state, feed, job.interface,
                          {[&out] { return out.StopRequested(); }, work, out.supervisor(), warn,
                           raw.get(), look, job.fanout_index == 0});
  live::LiveReader::End end{};
  if (device) {
    for (const std::string& warning : (*device)->warnings()) warn(warning);
    out.SendOpened();
    end = reader.Run(std::move(*device), *packets, link);
  } else {
    if (job.fanout_index == 0) warn(device.error().message + "; waited for");
    out.SendAwaits();
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
