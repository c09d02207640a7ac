// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether an interface is there, and up, and what it is called: as the opener's table says. Devices
// that aren't interfaces ("any", buses) are always up.
#ifndef ESPCAP_LIVE_LINK_STATE_H_
#define ESPCAP_LIVE_LINK_STATE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "live/link_table.h"

namespace espcap::live {

struct LinkState {
  bool is_there = true;
  bool is_up = true;
  std::string name;                       // now
  std::optional<uint32_t> received = {};  // packets, as the link counts them, modulo 2^32
  bool has_address = false;               // of this machine
};

class Link {
 public:
  // One of the run's interfaces: by the name that the user gave; or, where none has it, by the
  // index it had before it was renamed (0: not known). The table is borrowed.
  Link(const LinkTable& table, uint32_t interface, std::string name, unsigned last_index = 0);

  // The same interface, whatever it is called by now.
  [[nodiscard]] LinkState Look() const;
  // An interface of its name is there and up, the same or another one; or it has another name now.
  [[nodiscard]] bool CanBeOpened() const;
  // 0: none.
  [[nodiscard]] unsigned index() const { return index_; }
  // How often the opener has looked.
  [[nodiscard]] uint64_t looks() const { return Known().looks; }

 private:
  [[nodiscard]] KnownLink Known() const { return table_.LinkOf(interface_).value_or(KnownLink{}); }

  const LinkTable& table_;
  uint32_t interface_;
  std::string name_;
  unsigned index_ = 0;  // 0: no interface
  bool is_interface_ = true;
};

// What a user is told of a change; nothing where there is none.
[[nodiscard]] std::optional<std::string> DescribeChange(const LinkState& before,
                                                        const LinkState& now);

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_LINK_STATE_H_
