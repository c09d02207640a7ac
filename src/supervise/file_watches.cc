// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/file_watches.h"

#include <string>

namespace espcap::supervise {

FileWatches::FileWatches(std::vector<std::unique_ptr<FileWatch>> watches, base::EventLoop& loop,
                         telemetry::Log& log)
    : log_(log) {
  for (auto& files : watches) watches_.emplace_back(std::move(files), loop);
}

std::vector<InputFile> FileWatches::ReadArrivals() {
  std::vector<InputFile> arrived;
  for (auto next = watches_.begin(); next != watches_.end();) {
    const auto entry = next++;
    if (!entry->readable.ConsumeReadable()) continue;
    auto arrivals = entry->files->ReadArrivals();
    if (!arrivals) {
      log_.Error(arrivals.error().message);
      watches_.erase(entry);
      has_failed_ = true;
      continue;
    }
    for (const std::string& problem : arrivals->problems) log_.Warning(problem);
    for (std::string& path : arrivals->files) {
      arrived.push_back({std::move(path), arrivals->may_be_other_files});
    }
    if (!entry->files->AtEnd()) continue;
    watches_.erase(entry);
    has_ended_ = true;
  }
  return arrived;
}

}  // namespace espcap::supervise
