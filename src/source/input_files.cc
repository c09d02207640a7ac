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

bool IsFile(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool IsCaptureName(std::string_view path) {
  static constexpr std::string_view kPacked[] = {"gz", "zst", "lz4", "xz", "bz2"};
  static constexpr std::string_view kCaptures[] = {"pcap", "pcapng", "cap",   "ntar", "dmp",
                                                   "erf",  "snoop",  "ipfix", "pklg", "enc"};
  std::string name = fs::path(path).filename().native();
  std::transform(name.begin(), name.end(), name.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  const auto ends_with_one_of = [&name](const auto& endings) {
    const size_t dot = name.rfind('.');
    return dot != std::string::npos && std::find(std::begin(endings), std::end(endings),
                                                 name.substr(dot + 1)) != std::end(endings);
  };
  if (ends_with_one_of(kPacked)) name.resize(name.rfind('.'));
  name.resize(name.find_last_not_of("0123456789") + 1);
  if (name.ends_with('.')) name.pop_back();  // x.pcap.12
  return ends_with_one_of(kCaptures);
}

}  // namespace espcap::source
