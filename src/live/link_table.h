// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is known of the run's interfaces, and the machine's addresses: written by the opener, which
// follows them by netlink, in memory that only it can write. Capture processes read it, and ask the
// kernel nothing.
#ifndef ESPCAP_LIVE_LINK_TABLE_H_
#define ESPCAP_LIVE_LINK_TABLE_H_

#include <net/if.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "live/shared_capture_state.h"
#include "process/shared_value.h"

namespace espcap::live {

// An interface at one moment.
struct LinkEntry {
  uint32_t index = 0;     // 0: there is none
  uint32_t received = 0;  // the link's own counter of packets, which wraps
  bool has_received = false;
  bool is_up = false;
  bool has_address = false;  // of this machine
  std::array<char, IF_NAMESIZE> name{};
};

// What one of the run's interfaces has become.
struct KnownLink {
  uint64_t looks = 0;     // how often the opener has looked
  LinkEntry of_name;      // that has the name which the user gave
  uint32_t followed = 0;  // the index that was looked for: an interface may be renamed
  LinkEntry of_index;     // that has this index
};

struct KnownAddress {
  uint8_t bytes = 0;  // 4 or 16
  std::array<uint8_t, 16> address{};
  std::array<char, IF_NAMESIZE> interface {};
};

struct KnownAddresses {
  // A filter that leaves them out would have no room for more.
  static constexpr size_t kMax = 1024;

  int error = 0;  // errno, where they can't be listed
  uint32_t count = 0;
  bool is_whole = true;  // false: there are more
  std::array<KnownAddress, kMax> addresses{};
};

class LinkTable {
 public:
  static Result<std::unique_ptr<LinkTable>> Create();
  ~LinkTable() { Unmap(); }
  LinkTable(const LinkTable&) = delete;
  LinkTable& operator=(const LinkTable&) = delete;

  // In a capture process, before it reads a packet.
  Result<void> KeepForReading();

  // By the opener. `interface`: its id, its place among the run's.
  void Set(uint32_t interface, const KnownLink& link) { shared_->links.at(interface).Store(link); }
  void SetAddresses(const KnownAddresses& addresses) { shared_->addresses.Store(addresses); }

  // None: the opener has ended while it wrote them.
  [[nodiscard]] std::optional<KnownLink> LinkOf(uint32_t interface) const {
    return shared_->links.at(interface).Load();
  }
  [[nodiscard]] std::optional<KnownAddresses> Addresses() const {
    return shared_->addresses.Load();
  }

 private:
  struct Shared {
    std::array<process::SharedValue<KnownLink>, SharedCaptureState::kMaxInterfaces> links;
    process::SharedValue<KnownAddresses> addresses;
  };

  explicit LinkTable(base::FileDescriptor file) : file_(std::move(file)) {}
  Result<void> Map(int protection);
  void Unmap();

  base::FileDescriptor file_;
  Shared* shared_ = nullptr;
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_LINK_TABLE_H_
