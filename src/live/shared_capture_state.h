// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the capture processes of a run share: the packets' numbers and the counters, in memory made
// before they are forked. It outlives each of them, so that numbers go on over an interface that
// comes back. Counters only grow, and anyone may read them at any time.
#ifndef ESPCAP_LIVE_SHARED_CAPTURE_STATE_H_
#define ESPCAP_LIVE_SHARED_CAPTURE_STATE_H_

#include <pthread.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "espcap/result.h"
#include "live/options.h"
#include "live/port_range.h"
#include "source/wireshark_api.h"

namespace espcap::live {

// How many packets of an interface; and of all, where they are added up.
struct InterfaceCounts {
  uint64_t received = 0;           // by espcap, whether they found room or not
  uint64_t bytes = 0;              // of these, as captured
  uint64_t ring_dropped = 0;       // of these: the worker's ring was full
  uint64_t kernel_dropped = 0;     // the kernel's buffer was full
  uint64_t interface_dropped = 0;  // by the interface or its driver, as far as they say
  uint64_t duplicates = 0;         // of those received: left out
};

class SharedCaptureState {
 public:
  static constexpr uint32_t kMaxInterfaces = 64;
  static constexpr uint32_t kMaxProcesses = 64;  // of an interface
  static constexpr uint32_t kMaxRings = 256;

  static Result<std::unique_ptr<SharedCaptureState>> Create(const RunLimits& limits);
  ~SharedCaptureState();
  SharedCaptureState(const SharedCaptureState&) = delete;
  SharedCaptureState& operator=(const SharedCaptureState&) = delete;

  // What a packet gets when its turn comes.
  struct Place {
    uint64_t number = 0;  // from 1; no other packet of the run has it
    uint32_t frame_number = 0;
    nstime_t first_time{};     // of the run's first packet
    nstime_t previous_time{};  // of the packet before
  };

  // One process at a time has the lock. One that dies in it loses at most the packet it has at
  // hand.
  class NumberingLock {
   public:
    explicit NumberingLock(SharedCaptureState& shared_state);
    ~NumberingLock();
    NumberingLock(const NumberingLock&) = delete;
    NumberingLock& operator=(const NumberingLock&) = delete;

    // Another packet would be beyond the run's limits.
    [[nodiscard]] bool IsOver() const;
    // For the next packet.
    Place NextPlace(const nstime_t& time, uint64_t bytes);

   private:
    SharedCaptureState& shared_state_;
  };

  // By the capture process of an interface. A packet that a ring has no room for is received, too.
  void CountReceived(uint32_t interface, uint64_t bytes) const;
  void CountRingDrop(uint32_t interface, uint32_t ring, uint64_t bytes) const;
  void CountDuplicate(uint32_t interface, uint64_t bytes) const;
  void AddKernelDrops(uint32_t interface, uint64_t kernel, uint64_t device) const;

  [[nodiscard]] InterfaceCounts CountsOf(uint32_t interface) const;
  [[nodiscard]] InterfaceCounts Total() const;
  [[nodiscard]] uint64_t RingDrops(uint32_t ring) const;
  // The run's limits are reached.
  [[nodiscard]] bool IsOver() const;

  // By which an interface is found again under another name.
  void RememberIndex(uint32_t interface, unsigned index) const {
    shared_->interfaces.at(interface).index.store(index, std::memory_order_relaxed);
  }
  [[nodiscard]] unsigned LastIndex(uint32_t interface) const {
    return shared_->interfaces.at(interface).index.load(std::memory_order_relaxed);
  }

  // Its capture sees nothing of what the link receives.
  void SetBlind(uint32_t interface, bool is_blind) const {
    shared_->interfaces.at(interface).is_blind.store(is_blind ? 1 : 0, std::memory_order_relaxed);
  }
  [[nodiscard]] bool IsBlind(uint32_t interface) const {
    return shared_->interfaces.at(interface).is_blind.load(std::memory_order_relaxed) != 0;
  }

  // A number that rises as this process of the interface goes on, whether packets come or not.
  [[nodiscard]] std::atomic<uint64_t>& WorkOf(uint32_t interface, uint32_t process) const {
    return shared_->interfaces.at(interface).work.at(process);
  }

  // Of the run's own connections. Before an interface is opened.
  void SetOwnPorts(PortRange ports) const {
    shared_->own_ports.store(ports, std::memory_order_relaxed);
  }
  [[nodiscard]] PortRange own_ports() const {
    return shared_->own_ports.load(std::memory_order_relaxed);
  }

  // For a test of what happens after four billion packets. Before the first one.
  void StartAfter(uint64_t packets) const;

 private:
  struct Interface {
    std::atomic<uint64_t> received;
    std::atomic<uint64_t> bytes;
    std::atomic<uint64_t> ring_dropped;
    std::atomic<uint64_t> kernel_dropped;
    std::atomic<uint64_t> interface_dropped;
    std::atomic<uint64_t> duplicates;
    std::atomic<unsigned> index;
    std::atomic<uint8_t> is_blind;  // a number, as below: any byte may be there
    std::array<std::atomic<uint64_t>, kMaxProcesses> work;
  };
  struct Shared {
    pthread_mutex_t lock;
    uint64_t numbered;  // packets of the run so far
    uint64_t bytes;
    std::atomic<uint8_t> over;
    nstime_t first_time;
    nstime_t previous_time;
    std::atomic<PortRange> own_ports;
    std::array<Interface, kMaxInterfaces> interfaces;
    std::array<std::atomic<uint64_t>, kMaxRings> ring_drops;
  };

  SharedCaptureState(const RunLimits& limits, Shared* shared) : limits_(limits), shared_(shared) {}

  RunLimits limits_;
  Shared* shared_;
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_SHARED_CAPTURE_STATE_H_
