// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/readable_files.h"

#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "source/wireshark_api.h"

namespace espcap::dissect {
namespace {

using Paths = std::vector<std::string>;

void Add(const char* path, Paths& paths) {
  if (path != nullptr && *path != '\0') paths.emplace_back(path);
}

// What nobody has set names files of other systems, or of the folder that espcap was started in.
guint AddIfFile(pref_t* preference, gpointer paths) {
  const std::string_view type = prefs_pref_type_name(preference);
  if (type != "Filename" && type != "Directory") return 0;
  const char* value = prefs_get_string_value(preference, pref_current);
  const char* usual = prefs_get_string_value(preference, pref_default);
  const bool is_set = value != nullptr && (usual == nullptr || std::string_view(value) != usual);
  if (is_set) Add(value, *static_cast<Paths*>(paths));
  return 0;
}

guint AddFilesOfModule(module_t* module, gpointer paths) {
  return prefs_pref_foreach(module, AddIfFile, paths);
}

}  // namespace

ReadableFiles::ReadableFiles() {
  prefs_modules_foreach(AddFilesOfModule, &of_preferences_);
  Add(get_datafile_dir(), of_library_);
  Add(get_plugins_dir(), of_library_);
  Add(wireshark::GString(get_persconffile_path("", FALSE)).get(), of_library_);
  for (const char* of_system : {"/etc/ethers", "/etc/manuf", "/etc/subnets", "/etc/vlans"}) {
    of_library_.emplace_back(of_system);
  }
}

// A key log is often begun after espcap.
std::vector<std::string> ReadableFiles::Now() const {
  Paths paths = of_library_;
  for (const std::string& path : of_preferences_) {
    std::error_code error;
    if (std::filesystem::exists(path, error)) {
      paths.push_back(path);
      continue;
    }
    const std::string folder = std::filesystem::path(path).parent_path().string();
    paths.push_back(folder.empty() ? "." : folder);
  }
  return paths;
}

}  // namespace espcap::dissect
