// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/settled_captures.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "app/destination_kind.h"

namespace espcap::app {

using resume::AfterSettled;

Result<void> CheckAfter(const cli::CaptureSettings& settings) {
  auto after = AfterSettled::Parse(settings.after);
  if (!after) return Forward(std::move(after));
  if (after->action == AfterSettled::Action::kKeep) return {};
  if (settings.directories.empty()) {
    return Fail("--after {}: it is for captures of a --dir; give one", settings.after);
  }
  if (!IsRemote(settings)) {
    return Fail("--after {}: only the answer of a server or a topic lets a capture go; give --node",
                settings.after);
  }
  if (settings.count != 0) {
    return Fail("--after {}: with --count no capture is read to its end; leave one of them out",
                settings.after);
  }
  return {};
}

bool FilesGo(const cli::CaptureSettings& settings) { return settings.after != "keep"; }

SettledPath SettledPathOf(const cli::CaptureSettings& settings) {
  namespace fs = std::filesystem;
  const auto after = AfterSettled::Parse(settings.after);
  const bool moves = after && after->action == AfterSettled::Action::kMove;
  std::error_code ignored;
  return [folder = moves ? fs::path(after->folder) : fs::path(), directories = settings.directories,
          here = fs::current_path(ignored)](const std::string& path, bool is_from_directory) {
    const bool is_moved = is_from_directory && !folder.empty();
    const fs::path place =
        is_moved ? folder / resume::PlaceBelow(directories, path) : fs::path(path);
    return (here / place).lexically_normal().native();
  };
}

Result<std::unique_ptr<resume::SettledFiles>> OpenSettledFiles(const cli::CaptureSettings& settings,
                                                               base::HoldFile hold) {
  if (!FilesGo(settings)) return nullptr;
  auto after = AfterSettled::Parse(settings.after);
  if (!after) return Forward(std::move(after));
  return resume::SettledFiles::Open(std::move(*after), settings.directories, settings.recursive,
                                    std::move(hold));
}

}  // namespace espcap::app
