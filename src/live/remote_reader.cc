// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/remote_reader.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <utility>

#include "base/backoff.h"
#include "live/supervisor_end.h"

namespace espcap::live {
namespace {

using std::chrono::milliseconds;

constexpr base::Backoff kReconnect{std::chrono::seconds{1}, std::chrono::seconds{30}};
constexpr milliseconds kLook{500};  // at raw files
constexpr milliseconds kRingRetry{5};
constexpr milliseconds kWaitStep{100};
constexpr milliseconds kDrain{1000};  // after a stop, for what has come by then

}  // namespace

RemoteReader::End RemoteReader::Run(const RemoteAddress& address, const std::string& filter) {
  while (MayContinue()) {
    const auto taken = ServeConnection(address, filter);
    raw_.reset();
    if (!MayContinue()) break;
    const milliseconds pause = kReconnect.Wait(++failures_, 1);
    link_context_.warn(
        fmt::format("{}: {}; connected again in {} s", name_,
                    taken ? "the other side has ended the stream" : taken.error().message,
                    pause.count() / 1000));
    was_away_ = true;
    Pause(pause);
  }
  return *end_;
}

// Also while a read waits.
bool RemoteReader::MayContinue() {
  if (end_) return false;
  if (SupervisorEnded(link_context_.supervisor, milliseconds(0))) {
    end_ = End::kAbandoned;
  } else if (link_context_.stopped()) {
    end_ = End::kStopped;
  } else if (shared_state_.IsOver()) {
    end_ = End::kOver;
  }
  if (end_) ended_at_ = Clock::now();
  if (raw_ != nullptr && Clock::now() >= next_look_) {
    raw_->CheckFile();
    next_look_ = Clock::now() + kLook;
  }
  return !end_;
}

Result<void> RemoteReader::ServeConnection(const RemoteAddress& address,
                                           const std::string& filter) {
  auto stream = RemoteStream::Connect(address, [this] { return MayContinue(); });
  if (!stream) return Forward(std::move(stream));
  // libpcap gives every stream's times in nanoseconds.
  auto packets = LinkPackets::Of((*stream)->link_type(), interface_, true);
  if (!packets) return Forward(std::move(packets));
  if (auto set = (*stream)->SetFilter(filter); !set) return set;
  if (std::exchange(was_away_, false)) link_context_.warn(name_ + ": connected again");
  if (link_context_.record) {
    raw_ =
        link_context_.record(packets->encapsulation(), static_cast<uint32_t>((*stream)->snaplen()));
  }
  return ReadStream(**stream, *packets);
}

Result<void> RemoteReader::ReadStream(RemoteStream& stream, const LinkPackets& packets) {
  constexpr uint32_t kPacketsBetweenLooks = 256;
  pcap_pkthdr packet{};
  std::span<const uint8_t> bytes;
  for (uint32_t count = 1;; ++count) {
    auto more = stream.Next(packet, bytes);
    if (!more) return Forward(std::move(more));
    if (!*more) return {};
    failures_ = 0;
    Put(packets, packet, bytes);
    const bool looks = count % kPacketsBetweenLooks == 0 || shared_state_.IsOver();
    if (!looks || MayContinue()) continue;
    if (*end_ != End::kStopped || Clock::now() >= ended_at_ + kDrain) return {};
  }
}

// A full ring isn't a reason to drop: the other side is made to wait, and counts what it drops.
void RemoteReader::Put(const LinkPackets& packets, const pcap_pkthdr& packet,
                       std::span<const uint8_t> bytes) {
  const auto header = packets.HeaderOf(packet, bytes);
  if (!header || shared_state_.IsOver()) return;
  RecordedPlace recorded;
  if (raw_ != nullptr) {
    recorded = raw_->Add(*header, bytes);
    raw_->Flush();
  }
  const uint32_t ring = feed_.RingOf(packets.encapsulation(), bytes);
  while (feed_.Put(ring, *header, bytes, recorded) == RingFeed::Outcome::kNoRoom) {
    if (SupervisorEnded(link_context_.supervisor, kRingRetry)) {
      end_ = End::kAbandoned;
      return;
    }
  }
}

void RemoteReader::Pause(milliseconds time) {
  const auto end = Clock::now() + time;
  while (MayContinue() && Clock::now() < end) {
    ::poll(nullptr, 0, static_cast<int>(kWaitStep.count()));
  }
}

}  // namespace espcap::live
