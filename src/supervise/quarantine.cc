// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/quarantine.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "process/limits.h"

namespace espcap::supervise {
namespace {

constexpr size_t kMaxFiles = 10'000;  // of a run: their sizes are looked up for each one more

// What a file of any name can have in its own.
std::string NameOf(const std::string& capture) {
  constexpr size_t kMaxBytes = 64;
  std::string name = std::filesystem::path(capture).filename().string().substr(0, kMaxBytes);
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '.' && c != '-' && c != '_'; },
      '_');
  return name.empty() || name.front() == '.' ? "capture" + name : name;
}

}  // namespace

Result<Quarantine> Quarantine::Open(const std::string& folder, uint64_t most_bytes) {
  Quarantine quarantine;
  quarantine.folder_ = folder;
  quarantine.most_bytes_ = most_bytes;
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    const uintmax_t bytes = entries->is_regular_file(ignored) ? entries->file_size(ignored) : 0;
    if (!ignored) quarantine.earlier_bytes_ += bytes;
  }
  if (!error && ::access(folder.c_str(), W_OK | X_OK) != 0) {
    error = {errno, std::generic_category()};
  }
  if (error) return Fail("--quarantine {}: {}", folder, error.message());
  return quarantine;
}

uint64_t Quarantine::BytesOfOwn() const {
  uint64_t bytes = 0;
  for (const std::string& path : own_) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) bytes += static_cast<uint64_t>(status.st_size);
  }
  return bytes;
}

Result<process::Recording> Quarantine::FileFor(const std::string& capture, uint32_t frame) {
  if (own_.size() >= kMaxFiles ||
      earlier_bytes_ + BytesOfOwn() + process::kMaxFileBytes > most_bytes_) {
    return process::Recording{};
  }
  constexpr int kMaxOfOneName = 1000;
  const std::string begin = fmt::format("{}/{}-{}", folder_, NameOf(capture), frame);
  for (int number = 1;; ++number) {
    const std::string path =
        number == 1 ? begin + ".pcapng" : fmt::format("{}-{}.pcapng", begin, number);
    base::FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (file.valid()) {
      own_.push_back(path);
      return process::Recording{std::move(file), {}};
    }
    if (errno != EEXIST || number == kMaxOfOneName) {
      return Fail("--quarantine {}: {}", path, std::generic_category().message(errno));
    }
  }
}

}  // namespace espcap::supervise
