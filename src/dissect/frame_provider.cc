// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/frame_provider.h"

#include <array>
#include <memory>

namespace espcap::dissect {
namespace {

const nstime_t* FrameTime(packet_provider_data* provider, guint32 number) {
  for (const frame_data* frame :
       {provider->reference, provider->previous_displayed, provider->previous_captured}) {
    if (frame != nullptr && frame->num == number) return &frame->abs_ts;
  }
  if (provider->frames == nullptr) return nullptr;
  const frame_data* frame = frame_data_sequence_find(provider->frames, number);
  return frame == nullptr ? nullptr : &frame->abs_ts;
}

// The interface's description block; null where the capture has none for this id.
wtap_block_t InterfaceBlock(const packet_provider_data& provider, guint32 id) {
  const std::unique_ptr<wtapng_iface_descriptions_t, wireshark::GFree> blocks(
      wtap_file_get_idb_info(provider.handle));
  if (blocks == nullptr || id >= blocks->interface_data->len) return nullptr;
  return g_array_index(blocks->interface_data, wtap_block_t, id);
}

const char* StringOption(wtap_block_t block, guint option) {
  char* value = nullptr;
  const auto found = wtap_block_get_string_option_value(block, option, &value);
  return found == WTAP_OPTTYPE_SUCCESS ? value : nullptr;
}

const char* InterfaceName(packet_provider_data* provider, guint32 id) {
  if (wtap_block_t block = InterfaceBlock(*provider, id); block != nullptr) {
    constexpr std::array<guint, 3> kNames = {OPT_IDB_NAME, OPT_IDB_DESCRIPTION, OPT_IDB_HARDWARE};
    for (const guint option : kNames) {
      if (const char* name = StringOption(block, option); name != nullptr) return name;
    }
  }
  return "unknown";
}

const char* InterfaceDescription(packet_provider_data* provider, guint32 id) {
  wtap_block_t block = InterfaceBlock(*provider, id);
  return block == nullptr ? nullptr : StringOption(block, OPT_IDB_DESCRIPTION);
}

// Blocks are modified in editors only: comments come from the record itself.
wtap_block_t ModifiedBlock(packet_provider_data* /*provider*/, const frame_data* /*frame*/) {
  return nullptr;
}

}  // namespace

const packet_provider_funcs& FrameProviderFunctions() {
  static const packet_provider_funcs functions =
      wireshark::ProviderFunctions(FrameTime, InterfaceName, InterfaceDescription, ModifiedBlock);
  return functions;
}

}  // namespace espcap::dissect
