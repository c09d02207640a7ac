// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/input_files.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

namespace espcap::source {
namespace fs = std::filesystem;

Result<DirectoryEntries> EntriesOfDirectory(const std::string& directory) {
  DirectoryEntries found;
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  if (error) return Fail("read directory {}: {}", directory, error.message());
  for (; entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::directory_entry& entry = *entries;
    std::error_code ignored;  // an entry that is gone meanwhile is neither file nor folder
    if (entry.is_regular_file(ignored)) {
      found.files.push_back(entry.path().native());
    } else if (entry.is_directory(ignored) && !entry.is_symlink(ignored)) {
      found.folders.push_back(entry.path().native());
    }
  }
  if (error) return Fail("read directory {}: {}", directory, error.message());
  return found;
}

Result<std::vector<std::string>> FilesOfDirectory(const std::string& directory, bool recursive) {
  std::vector<std::string> files;
  std::vector<std::string> folders = {directory};
  while (!folders.empty()) {
    auto entries = EntriesOfDirectory(folders.back());
    if (!entries) return Forward(std::move(entries));
    folders.pop_back();
    std::move(entries->files.begin(), entries->files.end(), std::back_inserter(files));
    if (!recursive) break;
    std::move(entries->folders.begin(), entries->folders.end(), std::back_inserter(folders));
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace espcap::source
