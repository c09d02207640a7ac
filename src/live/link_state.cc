// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/link_state.h"

#include <fmt/format.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include "base/file_descriptor.h"

namespace espcap::live {
namespace {

bool IsUp(const char* name) {
  const base::FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
  return socket.valid() && ::ioctl(socket.get(), SIOCGIFFLAGS, &request) == 0 &&
         (request.ifr_flags & IFF_UP) != 0;
}

}  // namespace

Link::Link(std::string name, unsigned last_index)
    : name_(std::move(name)), index_(::if_nametoindex(name_.c_str())) {
  std::array<char, IF_NAMESIZE> now{};
  if (index_ == 0 && last_index != 0 && ::if_indextoname(last_index, now.data()) != nullptr) {
    index_ = last_index;
  }
  // An interface that isn't there has a name that could be one.
  is_interface_ = index_ != 0 || (name_ != "any" && name_.size() < IF_NAMESIZE &&
                                  name_.find_first_of(":/") == std::string::npos);
}

LinkState Link::Look() const {
  if (!is_interface_) return {true, true, name_};
  std::array<char, IF_NAMESIZE> now{};
  if (index_ == 0 || ::if_indextoname(index_, now.data()) == nullptr) return {false, false, name_};
  return {true, IsUp(now.data()), now.data()};
}

bool Link::CanBeOpened() const {
  if (!is_interface_) return true;
  if (::if_nametoindex(name_.c_str()) != 0) return IsUp(name_.c_str());
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
