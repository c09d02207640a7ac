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

}  // namespace espcap::source
