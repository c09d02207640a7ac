// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/conversations.h"

#include "source/wireshark_api.h"

namespace espcap::dissect {

uint64_t CountConversations() {
  wmem_map_t* const tables = get_conversation_hashtables();
  if (tables == nullptr) return 0;
  uint64_t count = 0;
  const auto add = [](void* /*name*/, void* table, void* sum) {
    *static_cast<uint64_t*>(sum) += wmem_map_size(static_cast<wmem_map_t*>(table));
  };
  wmem_map_foreach(tables, add, &count);
  return count;
}

}  // namespace espcap::dissect
