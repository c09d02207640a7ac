// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/run_memory.h"

#include <string>
#include <utility>

#include "stream/stream_record.h"

namespace espcap::app {

Result<RunMemory> MakeRunMemory(const process::SlotShape& slot, uint32_t workers, uint32_t rings,
                                const live::Options& live) {
  RunMemory memory;
  auto control = process::RunControl::Create();
  if (!control) return Forward(std::move(control));
  memory.control = std::move(*control);
  for (uint32_t index = 0; index < workers; ++index) {
    auto slots = process::WorkerSlots::Create(slot);
    if (!slots) return Forward(std::move(slots));
    memory.slots.push_back(std::move(*slots));
  }
  const bool is_live = !live.interfaces.empty();
  for (uint32_t number = 0; number < rings; ++number) {
    // Live, as much as the kernel holds may wait for all workers together.
    auto ring = process::PacketRing::Create(is_live ? live.device.buffer_bytes / rings
                                                    : process::PacketRing::kMinRecordsBytes);
    if (!ring) return Forward(std::move(ring));
    for (const std::string& interface : live.interfaces) {
      static_cast<void>(stream::AddInterface(**ring, interface.c_str(), nullptr));
    }
    memory.rings.push_back(std::move(*ring));
  }
  if (!is_live) return memory;
  auto shared_state = live::SharedCaptureState::Create(live.limits);
  if (!shared_state) return Forward(std::move(shared_state));
  memory.shared_state = std::move(*shared_state);
  auto links = live::LinkTable::Create();
  if (!links) return Forward(std::move(links));
  memory.links = std::move(*links);
  if (live.duplicates) {
    auto duplicates = live::SharedDuplicates::Create(*live.duplicates);
    if (!duplicates) return Forward(std::move(duplicates));
    memory.duplicates = std::move(*duplicates);
  }
  return memory;
}

std::vector<InterfaceStats> ReadInterfaces(const live::SharedCaptureState& shared_state,
                                           const live::Options& live) {
  std::vector<InterfaceStats> stats;
  uint32_t id = 0;
  for (const std::string& name : live.interfaces) {
    const live::InterfaceCounts counts = shared_state.CountsOf(id);
    stats.push_back({name, counts.received, counts.bytes, counts.ring_dropped,
                     counts.kernel_dropped, counts.interface_dropped, counts.duplicates,
                     shared_state.IsBlind(id++)});
  }
  return stats;
}

}  // namespace espcap::app
