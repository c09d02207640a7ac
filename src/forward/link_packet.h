// SPDX-License-Identifier: GPL-2.0-or-later
//
// How pcapng holds a packet of libwiretap's: its link type, and the header of the link that
// libwiretap has taken off. Pure, but for what is remembered.
#ifndef ESPCAP_FORWARD_LINK_PACKET_H_
#define ESPCAP_FORWARD_LINK_PACKET_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>

#include "source/wireshark_api.h"

namespace espcap::forward {

// What a link type begins its packets with, where libwiretap keeps it apart.
class PseudoHeader {
 public:
  // Whether it is known for this encapsulation, or there is none.
  [[nodiscard]] static bool IsKnown(int encapsulation);
  // REQUIRES: known.
  explicit PseudoHeader(const wtap_packet_header& packet);

  [[nodiscard]] std::span<const uint8_t> bytes() const { return {bytes_.data(), size_}; }

 private:
  void Put8(uint32_t value);
  void Put16(uint32_t value);
  void Put32(uint32_t value);

  std::array<uint8_t, 8> bytes_{};
  size_t size_ = 0;
};

class LinkTypes {
 public:
  // None where pcapng can't hold packets of this encapsulation (WTAP_ENCAP_*).
  std::optional<uint16_t> Of(int encapsulation);

 private:
  std::unordered_map<int, std::optional<uint16_t>> known_;
};

}  // namespace espcap::forward

#endif  // ESPCAP_FORWARD_LINK_PACKET_H_
