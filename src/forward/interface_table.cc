// SPDX-License-Identifier: GPL-2.0-or-later
#include "forward/interface_table.h"

#include <utility>

#include "espcap/byte_buffer.h"
#include "forward/block_options.h"
#include "pcapng/blocks.h"
#include "source/link_type.h"

namespace espcap::forward {
namespace {

constexpr size_t kMaxSecretsBytes = size_t{64} << 10U;  // of all blocks: they are in each section

// The power of ten of units; nanoseconds for what is finer, or no power of ten.
uint8_t ResolutionOf(uint64_t units_per_second) {
  uint64_t units = 1;
  for (uint8_t power = 0; power < pcapng::kNanoseconds; ++power, units *= 10) {
    if (units == units_per_second) return power;
  }
  return pcapng::kNanoseconds;
}

}  // namespace

void InterfaceTable::Add(wtap_block_t block) {
  const auto* fixed =
      static_cast<const wtapng_if_descr_mandatory_t*>(wtap_block_get_mandatory_data(block));
  Described interface;
  if (const auto link_type = source::WrittenLinkTypeOf(fixed->wtap_encap)) {
    interface.link_type = static_cast<uint16_t>(*link_type);
  }
  interface.snaplen = fixed->snap_len;
  interface.resolution = ResolutionOf(fixed->time_units_per_second);
  ByteBuffer options;
  AppendInterfaceOptions(options, block);
  interface.options = options.view();
  described_.push_back(std::move(interface));
}

void InterfaceTable::Add(const char* name, const char* description) {
  ByteBuffer options;
  if (name != nullptr) pcapng::AppendOption(options, OPT_IDB_NAME, name);
  if (description != nullptr) pcapng::AppendOption(options, OPT_IDB_DESCRIPTION, description);
  described_.push_back({{}, 0, pcapng::kNanoseconds, std::string(options.view())});
}

bool InterfaceTable::AddSecrets(uint32_t type, std::string_view secrets) {
  size_t bytes = secrets.size();
  for (const std::string& block : secrets_) bytes += block.size();
  if (bytes > kMaxSecretsBytes) return false;
  ByteBuffer block;
  pcapng::AppendSecrets(block, type, secrets);
  secrets_.emplace_back(block.view());
  blocks_.emplace_back(block.view());
  return true;
}

void InterfaceTable::Restart() {
  described_.clear();
  written_.clear();
  more_.clear();
  interfaces_ = 0;
  blocks_ = secrets_;
}

Result<InterfaceTable::Use> InterfaceTable::UseFor(uint32_t id, uint16_t link_type,
                                                   const nstime_t& time) {
  WriteDescribed(link_type);
  const bool is_described = id < written_.size();
  if (is_described && written_[id].link_type == link_type) {
    const auto units = pcapng::UnitsOf(time.secs, time.nsecs, written_[id].resolution);
    if (units) return Use{written_[id].number, *units};
  }
  uint8_t resolution = is_described ? written_[id].resolution : pcapng::kNanoseconds;
  auto units = pcapng::UnitsOf(time.secs, time.nsecs, resolution);
  if (!units && resolution != pcapng::kNanoseconds) {
    resolution = pcapng::kNanoseconds;
    units = pcapng::UnitsOf(time.secs, time.nsecs, resolution);
  }
  if (!units) return Fail("its time");
  const auto key = std::tuple(id, link_type, resolution);
  auto found = more_.find(key);
  if (found == more_.end()) {
    if (interfaces_ >= kMaxInterfaces) return Fail("more than {} interfaces", kMaxInterfaces);
    const Described interface = is_described ? described_[id] : Described{};
    found = more_.emplace(key, Write(interface, link_type, resolution)).first;
  }
  return Use{found->second.number, *units};
}

// One whose packets have no link type of their own gets that of the packet at hand.
void InterfaceTable::WriteDescribed(uint16_t link_type) {
  while (written_.size() < described_.size() && interfaces_ < kMaxInterfaces) {
    const Described& next = described_[written_.size()];
    written_.push_back(Write(next, next.link_type.value_or(link_type), next.resolution));
  }
}

InterfaceTable::Written InterfaceTable::Write(const Described& interface, uint16_t link_type,
                                              uint8_t resolution) {
  ByteBuffer block;
  pcapng::AppendInterface(block, {link_type, interface.snaplen, resolution, interface.options});
  blocks_.emplace_back(block.view());
  return {interfaces_++, link_type, resolution};
}

}  // namespace espcap::forward
