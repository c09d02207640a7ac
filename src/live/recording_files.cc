// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/recording_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <system_error>

namespace espcap::live {

Result<base::FileDescriptor> RecordingFiles::OpenNext(const std::string& interface,
                                                      uint32_t fanout_index) {
  std::string source = options_.interfaces.size() > 1 ? interface : "";
  if (options_.fanout.processes > 1) {
    source += fmt::format("{}{}", source.empty() ? "" : "-", fanout_index + 1);
  }
  Series& series = series_[source];
  const std::string path = RawFileName(options_.raw, source, ++series.begun, std::time(nullptr));
  base::FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
  const int error = errno;
  if (file.valid()) series.kept.push_back(path);
  while (options_.raw.files != 0 && series.kept.size() > options_.raw.files) {
    ::unlink(series.kept.front().c_str());
    series.kept.pop_front();
  }
  if (file.valid()) return file;
  return Fail("--write {}: {}", path, std::generic_category().message(error));
}

}  // namespace espcap::live
