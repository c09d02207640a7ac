// SPDX-License-Identifier: GPL-2.0-or-later
//
// The life of a remote source in its capture process: connects, puts what comes into the rings, and
// connects again when the connection has ended, until a stop or the run's limit. Holds no
// privilege. Borrows all; one thread.
#ifndef ESPCAP_LIVE_REMOTE_READER_H_
#define ESPCAP_LIVE_REMOTE_READER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "live/link_packets.h"
#include "live/raw_recorder.h"
#include "live/remote_address.h"
#include "live/remote_stream.h"
#include "live/ring_feed.h"
#include "live/shared_capture_state.h"

namespace espcap::live {

class RemoteReader {
 public:
  struct LinkContext {
    std::function<bool()> stopped;
    int supervisor = -1;  // a descriptor that hangs up with it
    std::function<void(const std::string&)> warn;
    // Null: raw packets aren't kept. Each connection begins a file.
    std::function<std::unique_ptr<RawRecorder>(int encapsulation, uint32_t snaplen)> record;
  };

  enum class End { kStopped, kOver, kAbandoned };

  RemoteReader(SharedCaptureState& shared_state, RingFeed& feed, uint32_t interface,
               std::string name, LinkContext link_context)
      : shared_state_(shared_state),
        feed_(feed),
        interface_(interface),
        name_(std::move(name)),
        link_context_(std::move(link_context)) {}

  End Run(const RemoteAddress& address, const std::string& filter);

 private:
  using Clock = std::chrono::steady_clock;

  bool MayContinue();
  Result<void> ServeConnection(const RemoteAddress& address, const std::string& filter);
  Result<void> ReadStream(RemoteStream& stream, const LinkPackets& packets);
  void Put(const LinkPackets& packets, const pcap_pkthdr& packet, std::span<const uint8_t> bytes);
  void Pause(std::chrono::milliseconds time);

  SharedCaptureState& shared_state_;
  RingFeed& feed_;
  uint32_t interface_;
  std::string name_;
  LinkContext link_context_;

  std::unique_ptr<RawRecorder> raw_;
  Clock::time_point next_look_;
  uint32_t failures_ = 0;  // since the last packet
  bool was_away_ = false;
  std::optional<End> end_;
  Clock::time_point ended_at_;
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_REMOTE_READER_H_
