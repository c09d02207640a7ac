// SPDX-License-Identifier: GPL-2.0-or-later
//
// What every section of a source begins with: its interfaces under their own numbers, and secrets
// where they are forwarded. A packet that its interface's block doesn't fit (another link type, a
// finer time) gets an interface more. One thread.
#ifndef ESPCAP_FORWARD_INTERFACE_TABLE_H_
#define ESPCAP_FORWARD_INTERFACE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "espcap/result.h"
#include "source/wireshark_api.h"

namespace espcap::forward {

class InterfaceTable {
 public:
  // Of all together; a packet of what is beyond has no interface.
  static constexpr size_t kMaxInterfaces = 4096;

  // What the source says of its next interface. REQUIRES: it is of pcapng's kind.
  void Add(wtap_block_t block);
  // The same where only this is known; null: not that either.
  void Add(const char* name, const char* description);
  // False where they are longer than a block should be.
  [[nodiscard]] bool AddSecrets(uint32_t type, std::string_view secrets);
  // The source begins anew to number its interfaces. Secrets stay.
  void Restart();

  struct Use {
    uint32_t interface = 0;  // its number in sections
    uint64_t time = 0;       // in its units
  };
  // Of a packet from the source's interface `id`. An error is what pcapng can't hold of it.
  Result<Use> UseFor(uint32_t id, uint16_t link_type, const nstime_t& time);

  // The encoded blocks, in order. What is added comes behind those that were there.
  [[nodiscard]] const std::vector<std::string>& blocks() const { return blocks_; }
  // How many interfaces are told of.
  [[nodiscard]] size_t described() const { return described_.size(); }

 private:
  struct Described {
    std::optional<uint16_t> link_type;  // none: its packets say it
    uint32_t snaplen = 0;
    uint8_t resolution = 0;
    std::string options;
  };
  struct Written {
    uint32_t number = 0;
    uint16_t link_type = 0;
    uint8_t resolution = 0;
  };

  void WriteDescribed(uint16_t link_type);
  Written Write(const Described& interface, uint16_t link_type, uint8_t resolution);

  std::vector<Described> described_;  // by the source's number
  std::vector<Written> written_;      // the same
  std::map<std::tuple<uint32_t, uint16_t, uint8_t>, Written> more_;
  uint32_t interfaces_ = 0;  // among the blocks
  std::vector<std::string> blocks_;
  std::vector<std::string> secrets_;  // of them
};

}  // namespace espcap::forward

#endif  // ESPCAP_FORWARD_INTERFACE_TABLE_H_
