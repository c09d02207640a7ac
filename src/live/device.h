// SPDX-License-Identifier: GPL-2.0-or-later
//
// An interface opened by libpcap. Opening takes privilege, reading doesn't. Owns the handle; one
// thread.
#ifndef ESPCAP_LIVE_DEVICE_H_
#define ESPCAP_LIVE_DEVICE_H_

#include <pcap/pcap.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "espcap/result.h"
#include "live/options.h"
#include "source/filter_program.h"
#include "source/pcap_handle.h"

namespace espcap::live {

struct DeviceError {
  enum class Reason {
    kMissing,  // no such interface (now)
    kDown,
    kOther
  };
  Reason reason = Reason::kOther;
  std::string message;
};

// What a user without the privilege to capture can do.
[[nodiscard]] std::string HowToGetPermission();

// What a filled buffer of the kernel waits for before it is read, at most.
constexpr std::chrono::milliseconds kBlockTimeout{100};

class Device {
 public:
  static tl::expected<std::unique_ptr<Device>, DeviceError> Open(const std::string& name,
                                                                 const DeviceOptions& options);

  // From now on only its share of what the group's processes capture together. Read() passes over
  // what came before.
  Result<void> JoinFanout(uint16_t group);

  // Only packets that `expression` matches (empty: all) and none of `refused` does are captured
  // from now on. Once: setting another one would lose what waits. One of `refused` that can't match
  // anything on this link type is passed over.
  Result<void> SetFilter(const std::string& expression, const std::vector<std::string>& refused);

  // Becomes readable.
  [[nodiscard]] int fd() const;
  [[nodiscard]] int link_type() const { return pcap_datalink(handle_.get()); }
  [[nodiscard]] bool nanoseconds() const {
    return pcap_get_tstamp_precision(handle_.get()) == PCAP_TSTAMP_PRECISION_NANO;
  }

  // Hands what is there, up to `max` packets, to `take`; how many were there. Doesn't wait.
  using Take = std::function<void(const pcap_pkthdr& packet, std::span<const uint8_t> bytes)>;
  Result<int> Read(int max, const Take& take);

  // The kernel takes no more; what it has taken can still be read.
  void RefuseMore() const;

  // Packets lost since the last call.
  struct Drops {
    uint32_t kernel = 0;
    uint32_t interface = 0;
  };
  Drops NewDrops();

  // Of opening, if it is needed.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  Device(std::string name, source::PcapHandle handle)
      : name_(std::move(name)), handle_(std::move(handle)) {}

  // An error is libpcap's message.
  [[nodiscard]] Result<source::FilterProgram> Compile(const std::string& expression) const;

  std::string name_;
  source::PcapHandle handle_;
  Drops drops_seen_;
  timespec since_{};  // packets before are none of its own
  std::vector<std::string> warnings_;
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_DEVICE_H_
