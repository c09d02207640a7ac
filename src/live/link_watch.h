// SPDX-License-Identifier: GPL-2.0-or-later
//
// Follows the machine's interfaces and addresses by netlink, and writes into the table what is
// known of the run's. Lives in the opener; owns its socket, borrows the rest; one thread.
#ifndef ESPCAP_LIVE_LINK_WATCH_H_
#define ESPCAP_LIVE_LINK_WATCH_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "live/link_table.h"
#include "live/shared_capture_state.h"

namespace espcap::live {

class LinkWatch {
 public:
  // Counters change without an event.
  static constexpr std::chrono::milliseconds kInterval{500};

  // `interfaces`: their names, by id. `state` says which index a capture has opened. What is there
  // now is in the table when this returns.
  static Result<std::unique_ptr<LinkWatch>> Open(LinkTable& table, const SharedCaptureState& state,
                                                 std::vector<std::string> interfaces);

  // Readable when something has changed.
  [[nodiscard]] int fd() const { return socket_.get(); }
  // Then, and at least every kInterval.
  void Look();

 private:
  LinkWatch(base::FileDescriptor socket, LinkTable& table, const SharedCaptureState& state,
            std::vector<std::string> interfaces)
      : socket_(std::move(socket)),
        table_(table),
        state_(state),
        interfaces_(std::move(interfaces)),
        links_(interfaces_.size()) {}

  base::FileDescriptor socket_;
  LinkTable& table_;
  const SharedCaptureState& state_;
  std::vector<std::string> interfaces_;
  std::vector<KnownLink> links_;  // as they are in the table
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_LINK_WATCH_H_
