// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/file_watches.h"

#include <string>

namespace espcap::supervise {

void FileWatches::AppendWaits(std::vector<pollfd>& waits) const {
  for (const auto& watch : watches_) waits.push_back({watch->fd(), POLLIN, 0});
}

std::vector<InputFile> FileWatches::Take(std::span<const pollfd> waits) {
  std::vector<InputFile> files;
  for (size_t i = watches_.size(); i-- > 0;) {
    if (waits[i].revents == 0) continue;
    auto arrivals = watches_[i]->Take();
    if (!arrivals) {
      log_.Error(arrivals.error().message);
      watches_.erase(watches_.begin() + static_cast<ptrdiff_t>(i));
      continue;
    }
    for (const std::string& problem : arrivals->problems) log_.Warning(problem);
    for (std::string& path : arrivals->files) files.push_back({std::move(path), true});
  }
  return files;
}

}  // namespace espcap::supervise
