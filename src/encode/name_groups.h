// SPDX-License-Identifier: GPL-2.0-or-later
//
// Within one object, fields of one name below fields of one name form a group, and share the first
// one's fate: its key, and whether their bytes are written. That is tshark's grouping (later
// releases' has no parents: wireshark::kEkGroupsByParent), which matters where one name is
// registered below several parents, and with -x.
#ifndef ESPCAP_ENCODE_NAME_GROUPS_H_
#define ESPCAP_ENCODE_NAME_GROUPS_H_

#include <cstdint>
#include <vector>

#include "encode/stamped_index.h"

namespace espcap::encode {

class NameGroups {
 public:
  struct Fate {
    uint32_t key;
    bool raw;
  };

  // The group of the fields named `name` below one named `parent` (0: the root): `fate` decides for
  // all of it if it has none yet.
  Fate Join(uint32_t parent, uint32_t name, Fate fate) {
    const auto new_group = static_cast<uint32_t>(groups_.size());
    // One name has few parents in an object: their groups are a list.
    uint32_t place = first_groups_.FindOrInsert(name, new_group);
    while (place != new_group) {
      const Group& group = groups_[place];
      if (group.parent == parent) return group.fate;
      if (group.next == kEnd) groups_[place].next = new_group;
      place = groups_[place].next;
    }
    groups_.push_back({parent, kEnd, fate});
    return fate;
  }

  // Before the next object.
  void Clear() {
    groups_.clear();
    first_groups_.Clear();
  }

 private:
  static constexpr uint32_t kEnd = UINT32_MAX;

  struct Group {
    uint32_t parent;
    uint32_t next;  // of the same name
    Fate fate;
  };

  std::vector<Group> groups_;
  StampedIndex first_groups_;  // by name
};

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_NAME_GROUPS_H_
