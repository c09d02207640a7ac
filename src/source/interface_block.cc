// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/interface_block.h"

#include <array>

namespace espcap::source {
namespace {

const char* StringOption(wtap_block_t block, guint option) {
  char* value = nullptr;
  const auto found = wtap_block_get_string_option_value(block, option, &value);
  return found == WTAP_OPTTYPE_SUCCESS ? value : nullptr;
}

}  // namespace

const char* NameOfInterface(wtap_block_t block) {
  constexpr std::array<guint, 3> kNames = {OPT_IDB_NAME, OPT_IDB_DESCRIPTION, OPT_IDB_HARDWARE};
  for (const guint option : kNames) {
    if (const char* name = StringOption(block, option); name != nullptr) return name;
  }
  return nullptr;
}

const char* DescriptionOfInterface(wtap_block_t block) {
  return StringOption(block, OPT_IDB_DESCRIPTION);
}

uint64_t LostAt(wtap_block_t block) {
  const auto* const about =
      static_cast<const wtapng_if_descr_mandatory_t*>(wtap_block_get_mandatory_data(block));
  if (about == nullptr || about->interface_statistics == nullptr) return 0;
  uint64_t most = 0;
  for (guint place = 0; place < about->interface_statistics->len; ++place) {
    wtap_block_t statistics = g_array_index(about->interface_statistics, wtap_block_t, place);
    uint64_t lost = 0;
    for (const guint option : {guint{OPT_ISB_IFDROP}, guint{OPT_ISB_OSDROP}}) {
      guint64 packets = 0;
      const auto found = wtap_block_get_uint64_option_value(statistics, option, &packets);
      if (found == WTAP_OPTTYPE_SUCCESS) lost += packets;
    }
    most = std::max(most, lost);
  }
  return most;
}

}  // namespace espcap::source
