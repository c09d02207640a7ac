// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/raw_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace espcap::live {

std::string RawFileName(const RawOptions& options, const std::string& interface, uint32_t number,
                        std::time_t now) {
  const std::filesystem::path path(options.path);
  std::string more;
  if (!interface.empty()) {
    more = "-" + interface;
    std::replace(more.begin(), more.end(), '/', '-');
  }
  // An interface that came back goes on in a file of its own.
  if (options.Rotates() || number > 1) {
    std::tm local{};
    std::array<char, 32> time{};
    if (localtime_r(&now, &local) != nullptr) {
      static_cast<void>(std::strftime(time.data(), time.size(), "%Y%m%d%H%M%S", &local));
    }
    more += fmt::format("_{:05}_{}", number, time.data());
  }
  return (path.parent_path() / (path.stem().string() + more + path.extension().string())).string();
}

}  // namespace espcap::live
