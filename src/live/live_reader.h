// SPDX-License-Identifier: GPL-2.0-or-later
//
// The life of an opened interface in its capture process: packets go to the rings, losses and the
// interface's state are told, until a stop, the run's limit, or the interface's end. Holds no
// privilege. Borrows all; one thread.
#ifndef ESPCAP_LIVE_LIVE_READER_H_
#define ESPCAP_LIVE_LIVE_READER_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "live/device.h"
#include "live/link_packets.h"
#include "live/link_state.h"
#include "live/raw_recorder.h"
#include "live/ring_feed.h"
#include "live/shared_capture_state.h"

namespace espcap::live {

class LiveReader {
 public:
  struct LinkContext {
    std::function<bool()> stopped;
    std::atomic<uint64_t>& work;  // a number that rises as it goes on
    int supervisor = -1;          // a descriptor that hangs up with it
    std::function<void(const std::string&)> warn;
    RawRecorder* raw = nullptr;  // null: raw packets aren't kept
    // Now and then, at the interface as it is; empty: nothing looks.
    std::function<void(const LinkState& now)> look;
    // Of several processes on one interface, that which tells of it and counts what it loses.
    bool speaks_for_interface = true;
  };

  enum class End {
    kStopped,    // everything captured before the stop is in the rings
    kOver,       // the run's limits are reached
    kAbandoned,  // the supervisor is gone
    kBack        // the interface was gone, and is there again: it must be opened anew
  };

  LiveReader(SharedCaptureState& shared_state, RingFeed& feed, uint32_t interface,
             LinkContext link_context)
      : shared_state_(shared_state),
        feed_(feed),
        interface_(interface),
        link_context_(std::move(link_context)) {}

  End Run(std::unique_ptr<Device> device, const LinkPackets& packets, const Link& link);
  // For an interface that can't be opened as it is.
  End AwaitInterface(const Link& link);

  // Packets read so far.
  [[nodiscard]] uint64_t taken() const { return taken_; }

 private:
  using Clock = std::chrono::steady_clock;

  // False where the interface doesn't give anything any more.
  bool ReadSome(const LinkPackets& packets);
  void HandlePacket(const LinkPackets& packets, const pcap_pkthdr& packet,
                    std::span<const uint8_t> bytes);
  void FlushRecording() const;
  End Drain(const LinkPackets& packets);
  void PollLinkState(const Link& link);
  void AwaitNews(const Link& link) const;
  void CountDrops();
  void CountWork() const { link_context_.work.fetch_add(1, std::memory_order_relaxed); }
  void Report(const std::string& what) const;

  SharedCaptureState& shared_state_;
  RingFeed& feed_;
  uint32_t interface_;
  LinkContext link_context_;

  std::unique_ptr<Device> device_;
  LinkState state_;
  Clock::time_point next_look_;
  int last_read_ = 0;
  uint64_t taken_ = 0;
  std::string fault_;  // of the last read
  Clock::time_point started_ = Clock::now();
  bool draining_ = false;
  bool abandoned_ = false;
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_LIVE_READER_H_
