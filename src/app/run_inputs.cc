// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/run_inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <climits>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "app/run_options.h"
#include "source/directory_watch.h"
#include "source/input_files.h"

namespace espcap::app {

Result<std::vector<supervise::InputFile>> ListInputs(const cli::CaptureSettings& settings) {
  std::vector<supervise::InputFile> inputs;
  inputs.reserve(settings.files.size());
  for (const std::string& file : settings.files) inputs.push_back({file, false});
  for (const std::string& directory : settings.directories) {
    auto files = source::FilesOfDirectory(directory, settings.recursive);
    if (!files) return Forward(std::move(files));
    for (std::string& file : *files) inputs.push_back({std::move(file), true});
  }
  for (const auto& [path, skip_if_not_capture] : inputs) {
    if (path.size() >= PATH_MAX) {
      return Fail("open {}...: the name is too long", path.substr(0, 64));
    }
  }
  return inputs;
}

Result<std::vector<std::unique_ptr<FileWatch>>> OpenWatches(const cli::CaptureSettings& settings) {
  std::vector<std::unique_ptr<FileWatch>> watches;
  if (!settings.watch) return watches;
  for (const std::string& directory : settings.directories) {
    auto watch = source::DirectoryWatch::Open(directory, settings.recursive);
    if (!watch) return Forward(std::move(watch));
    watches.push_back(std::move(*watch));
  }
  return watches;
}

void TellNoInput(const cli::CaptureSettings& settings, telemetry::Log& log) {
  log.Error(fmt::format("read directory {}: no file in it{}", fmt::join(settings.directories, ", "),
                        settings.recursive ? "" : "; --recursive reads its subdirectories too"));
}

void MentionShards(const cli::CaptureSettings& settings,
                   const std::vector<supervise::InputFile>& inputs, telemetry::Log& log) {
  constexpr uintmax_t kLargeBytes = uintmax_t{64} << 20U;
  const uint32_t workers = WorkersOf(settings);
  if (settings.shards > 1 || inputs.size() >= workers || settings.count != 0) return;
  if (!settings.forward.empty()) return;
  for (const supervise::InputFile& input : inputs) {
    std::error_code ignored;
    const uintmax_t bytes = std::filesystem::file_size(input.path, ignored);
    if (ignored || bytes < kLargeBytes) continue;
    log.Info(
        fmt::format("{} is large, and one worker reads it: --shards {} shares it out "
                    "(docs/files-and-pipes.md says what that changes)",
                    input.path, workers));
    return;
  }
}

}  // namespace espcap::app
