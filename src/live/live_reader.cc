// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/live_reader.h"

#include <optional>

#include "live/supervisor_end.h"

namespace espcap::live {
namespace {

using std::chrono::milliseconds;

constexpr int kPacketsAtOnce = 256;      // between looks at what else there is
constexpr milliseconds kLook{500};       // at losses and the interface's state
constexpr milliseconds kLookForIt{200};  // while it is gone
constexpr milliseconds kNews{2000};      // of an interface that gives nothing any more, at most
constexpr milliseconds kNewsStep{20};
constexpr milliseconds kRingRetry{5};  // while there is no room in a ring
constexpr milliseconds kPause{1000};   // between two openings of one that fails

}  // namespace

LiveReader::End LiveReader::Run(std::unique_ptr<Device> device, const LinkPackets& packets,
                                const Link& link) {
  device_ = std::move(device);
  state_ = link.Look();
  next_look_ = Clock::now() + kLook;
  while (!shared_state_.IsOver()) {
    CountWork();
    if (link_context_.stopped()) return Drain(packets);
    // Where one read ended at its bound, there may be more.
    if (last_read_ < kPacketsAtOnce &&
        SupervisorEnded(link_context_.supervisor, kBlockTimeout, device_->fd())) {
      return End::kAbandoned;
    }
    const bool is_alive = ReadSome(packets);
    if (Clock::now() >= next_look_) PollLinkState(link);
    if (!is_alive || !state_.is_there) {
      if (!is_alive) AwaitNews(link);
      PollLinkState(link);
      if (state_.is_there) Report(fault_);
      device_.reset();
      return AwaitInterface(link);
    }
  }
  CountDrops();
  return End::kOver;
}

bool LiveReader::ReadSome(const LinkPackets& packets) {
  const auto read =
      device_->Read(kPacketsAtOnce, [&](const pcap_pkthdr& packet, std::span<const uint8_t> bytes) {
        HandlePacket(packets, packet, bytes);
      });
  last_read_ = read.value_or(0);
  FlushRecording();
  if (!read) fault_ = read.error().message;
  return read.has_value();
}

void LiveReader::HandlePacket(const LinkPackets& packets, const pcap_pkthdr& packet,
                              std::span<const uint8_t> bytes) {
  ++taken_;
  const auto header = packets.HeaderOf(packet, bytes);
  if (!header) return;
  // First of all: whatever becomes of it, it is kept.
  RecordedPlace recorded;
  if (link_context_.raw != nullptr && !shared_state_.IsOver()) {
    recorded = link_context_.raw->Add(*header, bytes);
  }
  const uint32_t ring = feed_.RingOf(packets.encapsulation(), bytes);
  RingFeed::Outcome outcome = feed_.Put(ring, *header, bytes, recorded);
  // Nothing can be lost behind this packet any more, so there is time.
  while (outcome == RingFeed::Outcome::kNoRoom && draining_ && !abandoned_) {
    CountWork();
    FlushRecording();
    abandoned_ = SupervisorEnded(link_context_.supervisor, kRingRetry);
    outcome = feed_.Put(ring, *header, bytes, recorded);
  }
  if (outcome == RingFeed::Outcome::kNoRoom) {
    shared_state_.CountRingDrop(interface_, ring, bytes.size());
  }
}

// A document that leaves names a packet that can be read.
void LiveReader::FlushRecording() const {
  if (link_context_.raw != nullptr) link_context_.raw->Flush();
}

// What the kernel has captured by now, to the last block.
LiveReader::End LiveReader::Drain(const LinkPackets& packets) {
  draining_ = true;
  device_->RefuseMore();
  const Clock::time_point last_block = Clock::now() + 2 * kBlockTimeout;
  do {
    CountWork();
    if (last_read_ == 0) {
      abandoned_ |= SupervisorEnded(link_context_.supervisor, kBlockTimeout / 4, device_->fd());
    }
    if (abandoned_) return End::kAbandoned;
    if (!ReadSome(packets)) break;
  } while (last_read_ > 0 || Clock::now() < last_block);
  CountDrops();
  return End::kStopped;
}

// What a failed read means is known once the opener has looked after it, too.
void LiveReader::AwaitNews(const Link& link) const {
  constexpr uint64_t kLooks = 2;  // the first may have begun before
  const uint64_t enough = link.looks() + kLooks;
  const Clock::time_point latest = Clock::now() + kNews;
  while (link.index() != 0 && link.looks() < enough && Clock::now() < latest) {
    CountWork();
    const LinkState now = link.Look();
    if (!now.is_there || !now.is_up || SupervisorEnded(link_context_.supervisor, kNewsStep)) return;
  }
}

LiveReader::End LiveReader::AwaitInterface(const Link& link) {
  const Clock::time_point earliest = started_ + kPause;
  while (!link_context_.stopped()) {
    CountWork();
    if (Clock::now() >= earliest && link.CanBeOpened()) return End::kBack;
    if (SupervisorEnded(link_context_.supervisor, kLookForIt)) return End::kAbandoned;
    if (shared_state_.IsOver()) return End::kOver;
  }
  return End::kStopped;
}

void LiveReader::PollLinkState(const Link& link) {
  next_look_ = Clock::now() + kLook;
  CountDrops();
  if (link_context_.raw != nullptr) link_context_.raw->CheckFile();
  LinkState now = link.Look();
  if (link_context_.look) link_context_.look(now);
  if (const auto change = DescribeChange(state_, now)) Report(*change);
  state_ = std::move(now);
}

void LiveReader::CountDrops() {
  const Device::Drops drops = device_->NewDrops();
  shared_state_.AddKernelDrops(interface_, drops.kernel,
                               link_context_.speaks_for_interface ? drops.interface : 0);
}

void LiveReader::Report(const std::string& what) const {
  if (link_context_.speaks_for_interface) link_context_.warn(what);
}

}  // namespace espcap::live
