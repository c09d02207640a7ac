// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/link_state.h"

#include <fmt/format.h>

#include <utility>

namespace espcap::live {
namespace {

LinkState StateOf(const LinkEntry& entry) {
  LinkState state{true, entry.is_up, entry.name.data(), {}, entry.has_address};
  if (entry.has_received) state.received = entry.received;
  return state;
}

}  // namespace

Link::Link(const LinkTable& table, uint32_t interface, std::string name, unsigned last_index)
    : table_(table), interface_(interface), name_(std::move(name)) {
  const KnownLink known = Known();
  index_ = known.of_name.index;
  if (index_ == 0 && last_index != 0 && known.of_index.index == last_index) index_ = last_index;
  // An interface that isn't there has a name that could be one.
  is_interface_ = index_ != 0 || (name_ != "any" && name_.size() < IF_NAMESIZE &&
                                  name_.find_first_of(":/") == std::string::npos);
}

LinkState Link::Look() const {
  if (!is_interface_) return {true, true, name_};
  if (index_ == 0) return {false, false, name_};
  const KnownLink known = Known();
  if (known.of_index.index == index_) return StateOf(known.of_index);
  if (known.of_name.index == index_) return StateOf(known.of_name);
  // The opener learns only then which index it is to follow.
  if (known.followed != index_) return {true, true, name_};
  return {false, false, name_};
}

bool Link::CanBeOpened() const {
  if (!is_interface_) return true;
  const KnownLink known = Known();
  if (known.of_name.index != 0) return known.of_name.is_up;
  const LinkState now = Look();
  return now.is_there && now.is_up;
}

std::optional<std::string> DescribeChange(const LinkState& before, const LinkState& now) {
  if (before.is_there && !now.is_there) {
    return fmt::format("{} is gone; waited for", before.name);
  }
  if (before.name != now.name) {
    return fmt::format("{} is called {} now; capture continues", before.name, now.name);
  }
  if (before.is_up && !now.is_up) return fmt::format("{} is down; waited for", now.name);
  if (!before.is_up && now.is_up) return fmt::format("{} is up again", now.name);
  return std::nullopt;
}

}  // namespace espcap::live
