// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/recording_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <filesystem>
#include <map>
#include <system_error>

namespace espcap::live {
namespace {

// A pipe, or /dev/null: nothing is lost by writing to it.
bool IsDevice(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

Result<process::Recording> OpenDevice(const std::string& path) {
  base::FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.valid()) return process::Recording{std::move(file), {}};
  return Fail("--write {}: {}", path, std::generic_category().message(errno));
}

}  // namespace

RecordingFiles::Series RecordingFiles::FindSeries(const std::string& source) const {
  const std::filesystem::path path(options_.raw.path);
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::multimap<uint32_t, std::string> found;  // by number
  std::error_code error;                       // a folder that isn't there has no files
  for (std::filesystem::directory_iterator entries(folder, error), end; !error && entries != end;
       entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (const auto number = NumberOfRawFile(options_.raw, source, name)) {
      found.emplace(*number, (path.parent_path() / name).string());
    }
  }
  Series series;
  for (auto& [number, name] : found) {
    series.last_number = number;
    series.kept.push_back(std::move(name));
  }
  return series;
}

Result<process::Recording> RecordingFiles::OpenNext(const std::string& interface,
                                                    uint32_t fanout_index) {
  if (IsDevice(options_.raw.path)) return OpenDevice(options_.raw.path);
  std::string source = options_.interfaces.size() > 1 ? interface : "";
  if (options_.fanout.processes > 1) {
    source += fmt::format("{}{}", source.empty() ? "" : "-", fanout_index + 1);
  }
  const auto known = series_.find(source);
  Series& series = known != series_.end()
                       ? known->second
                       : series_.emplace(source, FindSeries(source)).first->second;
  const std::string path =
      RawFileName(options_.raw, source, ++series.last_number, std::time(nullptr));
  base::FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  const int error = errno;
  if (file.valid()) series.kept.push_back(path);
  while (options_.raw.files != 0 && series.kept.size() > options_.raw.files) {
    ::unlink(series.kept.front().c_str());
    series.kept.pop_front();
  }
  if (!file.valid()) {
    return Fail("--write {}: {}", path, std::generic_category().message(error));
  }
  return process::Recording{std::move(file),
                            std::filesystem::absolute(path).lexically_normal().native()};
}

}  // namespace espcap::live
