// SPDX-License-Identifier: GPL-2.0-or-later
//
// Puts packets into the rings of the workers they belong to: those of one address pair (or flow)
// into one. A capture process's; takes turns with those of other interfaces. Borrows all.
#ifndef ESPCAP_LIVE_RING_FEED_H_
#define ESPCAP_LIVE_RING_FEED_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "live/raw_recorder.h"
#include "live/shared_capture_state.h"
#include "live/shared_duplicates.h"
#include "process/packet_ring.h"
#include "source/flow_hash.h"
#include "source/wireshark_api.h"

namespace espcap::live {

class RingFeed {
 public:
  using Rings = std::vector<std::unique_ptr<process::PacketRing>>;

  // `interface`: whose packets they are, to be counted.
  // `duplicates`: null, they are taken as others are.
  RingFeed(SharedCaptureState& shared_state, Rings& rings, const SharedDuplicates* duplicates,
           source::FlowKey key, uint32_t interface)
      : shared_state_(shared_state),
        rings_(rings),
        duplicates_(duplicates),
        key_(key),
        interface_(interface) {}

  [[nodiscard]] uint32_t RingOf(int encapsulation, std::span<const uint8_t> bytes) const;

  // What is taken is counted.
  enum class Outcome {
    kTaken,
    kDuplicate,  // it has a number and is counted, and is in no ring
    kNoRoom,
    kOver  // the run's limits are reached: the packet is none of it
  };
  Outcome Put(uint32_t ring, const wireshark::RecordHeader& header, std::span<const uint8_t> bytes,
              const RecordedPlace& recorded);

 private:
  SharedCaptureState& shared_state_;
  Rings& rings_;
  const SharedDuplicates* duplicates_;
  source::FlowKey key_;
  uint32_t interface_;
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_RING_FEED_H_
