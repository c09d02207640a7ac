// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/input_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace espcap::source {
namespace fs = std::filesystem;
namespace {

Result<void> Collect(const fs::path& directory, bool recursive, std::vector<std::string>& files) {
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  if (error) return Fail("read directory {}: {}", directory.native(), error.message());
  for (; entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::directory_entry& entry = *entries;
    std::error_code ignored;  // an entry that is gone meanwhile is neither file nor folder
    if (entry.is_regular_file(ignored)) {
      files.push_back(entry.path().native());
    } else if (recursive && entry.is_directory(ignored) && !entry.is_symlink(ignored)) {
      if (auto below = Collect(entry.path(), recursive, files); !below) return below;
    }
  }
  if (error) return Fail("read directory {}: {}", directory.native(), error.message());
  return {};
}

}  // namespace

Result<std::vector<std::string>> FilesOfDirectory(const std::string& directory, bool recursive) {
  std::vector<std::string> files;
  if (auto collected = Collect(directory, recursive, files); !collected) {
    return Forward(std::move(collected));
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace espcap::source
