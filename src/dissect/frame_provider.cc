// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/frame_provider.h"

namespace espcap::dissect {
namespace {

const nstime_t* FrameTime(packet_provider_data* provider, uint32_t number) {
  for (const frame_data* frame :
       {provider->reference, provider->previous_displayed, provider->previous_captured}) {
    if (frame != nullptr && frame->num == number) return &frame->abs_ts;
  }
  if (provider->frames == nullptr) return nullptr;
  const frame_data* frame = frame_data_sequence_find(provider->frames, number);
  return frame == nullptr ? nullptr : &frame->abs_ts;
}

const char* InterfaceName(packet_provider_data* provider, uint32_t id, uint32_t section) {
  const char* name = provider->source->InterfaceName(id, section);
  return name == nullptr ? "unknown" : name;
}

const char* InterfaceDescription(packet_provider_data* provider, uint32_t id, uint32_t section) {
  return provider->source->InterfaceDescription(id, section);
}

// Blocks are modified in editors only: comments come from the record itself.
wtap_block_t ModifiedBlock(packet_provider_data* /*provider*/, const frame_data* /*frame*/) {
  return nullptr;
}

}  // namespace

const packet_provider_funcs& FrameProviderFunctions() {
  static const packet_provider_funcs functions =
      wireshark::ProviderFunctions<FrameTime, InterfaceName, InterfaceDescription, ModifiedBlock>();
  return functions;
}

}  // namespace espcap::dissect
