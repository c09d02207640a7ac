// SPDX-License-Identifier: GPL-2.0-or-later
//
// The worker that captures: from an interface, or from a sensor that forwards what it captures,
// into the rings of those that dissect.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "capture_worker.h"
#include "live/live_reader.h"
#include "live/remote_address.h"
#include "live/remote_reader.h"

namespace espcap {

using process::Job;
using process::Note;
using process::Outcome;
using process::SlotWriter;

// The supervisor makes the files.
std::unique_ptr<live::RawRecorder> CaptureWorker::RecordRaw(live::RawFile::Interface interface,
                                                            SlotWriter& out) const {
  return std::make_unique<live::RawRecorder>(
      options_.live.raw, std::move(interface), [&out] { return out.AskForFile(); },
      [&out](const std::string& message) { out.SendNote(Note::Level::kError, message); });
}

// Connects without privilege, too. A connection that there isn't yet is no error: it is waited for.
Result<Outcome> CaptureWorker::CaptureRemote(const Job& job, SlotWriter& out) {
  const std::string name = job.path.data();
  const auto address = live::ParseRemote(name);
  auto ready = address ? process::DropPrivileges(options_.unprivileged, process::Keep::kNothing)
                       : Result<void>(tl::unexpected(address.error()));
  // What it is compiled for is known only when the stream begins.
  if (ready && !options_.capture_filter.empty()) {
    if (auto filter = source::CaptureFilter::Compile(options_.capture_filter); !filter) {
      ready = Forward(std::move(filter));
    }
  }
  out.SendOpened(ready ? "" : ready.error().message);
  if (!ready) return Outcome::kPartial;
  const auto record = [this, &name, &out](int encapsulation, uint32_t snaplen) {
    return RecordRaw({name, options_.capture_filter, encapsulation, snaplen, true}, out);
  };
  live::RemoteReader::Surroundings surroundings{
      [&out] { return out.StopRequested(); },
      out.supervisor(),
      [&out](const std::string& message) { out.SendNote(Note::Level::kWarning, message); },
      {}};
  if (!options_.live.raw.path.empty()) surroundings.record = record;
  live::RingFeed feed(*board_, rings_, options_.live.key, job.interface);
  live::RemoteReader reader(*board_, feed, job.interface, name, std::move(surroundings));
  const auto end = reader.Run(*address, options_.capture_filter);
  return end == live::RemoteReader::End::kAbandoned ? Outcome::kPartial : Outcome::kWhole;
}

// Opens its interface with whatever privilege there is, and reads it with none.
Result<Outcome> CaptureWorker::CaptureLive(const Job& job, SlotWriter& out) {
  const std::string name = job.path.data();
  if (live::IsRemote(name)) return CaptureRemote(job, out);
  const live::Link link(name, board_->LastIndex(job.interface));
  board_->RememberIndex(job.interface, link.index());
  auto device = live::Device::Open(link.Look().name, options_.live.device);
  const live::FanoutOptions& fanout = options_.live.fanout;
  Result<void> ready;
  if (device && fanout.group != 0) {
    ready = (*device)->JoinFanout(static_cast<uint16_t>(fanout.group + job.interface));
  }
  if (device && ready) ready = (*device)->SetFilter(options_.capture_filter);
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
  if (ready) ready = process::DropPrivileges(options_.unprivileged, process::Keep::kNothing);
  if (!ready) {
    out.SendOpened(ready.error().message);
    return Outcome::kPartial;
  }
  const auto warn = [&out](const std::string& message) {
    out.SendNote(Note::Level::kWarning, message);
  };
  std::unique_ptr<live::RawRecorder> raw;
  if (device && !options_.live.raw.path.empty()) {
    raw = RecordRaw({name, options_.capture_filter, packets->encapsulation(),
                     options_.live.device.snaplen, (*device)->nanoseconds()},
                    out);
  }
  live::RingFeed feed(*board_, rings_, options_.live.key, job.interface);
  live::LiveReader reader(
      *board_, feed, job.interface,
      {[&out] { return out.StopRequested(); }, out.supervisor(), warn, raw.get(), job.member == 0});
  live::LiveReader::End end{};
  if (device) {
    for (const std::string& warning : (*device)->warnings()) warn(warning);
    out.SendOpened();
    end = reader.Run(std::move(*device), *packets, link);
  } else {
    if (job.member == 0) warn(device.error().message + "; waited for");
    out.SendOpened();
    end = reader.AwaitInterface(link);
  }
  if (fanout.processes > 1) {
    out.SendNote(Note::Level::kVerbose,
                 fmt::format("{}: process {} of {} has read {} packets", name, job.member + 1,
                             fanout.processes, reader.taken()));
  }
  if (end == live::LiveReader::End::kBack) return Outcome::kInterfaceBack;
  return end == live::LiveReader::End::kAbandoned ? Outcome::kPartial : Outcome::kWhole;
}

}  // namespace espcap
