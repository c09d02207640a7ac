// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/archive_roots.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "retrieve/file_listing.h"

namespace espcap::retrieve {
namespace {

namespace fs = std::filesystem;

// "/a/b" of "/a//b/".
std::string WithoutSlashes(const std::string& folder) {
  std::string text = fs::path(folder).lexically_normal();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

bool HasDotDot(std::string_view path) {
  const fs::path parts(path);
  return std::any_of(parts.begin(), parts.end(), [](const fs::path& part) { return part == ".."; });
}

// The path up to where it goes on behind a file. Not open: errno says why.
ArchivedFile OpenLongest(const base::FileDescriptor& folder, const std::string& path) {
  base::FileDescriptor file = OpenBeneath(folder, path);
  size_t end = path.size();
  while (!file.valid() && errno == ENOTDIR) {
    end = path.find_last_of('/', end - 1);
    if (end == std::string::npos || end == 0) {
      errno = ENOTDIR;
      return {};
    }
    file = OpenBeneath(folder, path.substr(0, end));
  }
  if (!file.valid()) return {};
  return {std::move(file), end == path.size() ? std::string() : path.substr(end + 1)};
}

std::string ReasonOf(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return "there is no such file";
    case ELOOP:
      return "there is a symbolic link on the way, which is not followed";
    case EXDEV:
      return "its path leads out of --archive-root";
    default:
      return std::generic_category().message(error);
  }
}

}  // namespace

Result<PathMap> ParsePathMap(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || text.front() != '/' || text[equals + 1] != '/') {
    return Fail("--archive-map {}: write OLD=NEW, two absolute folders", text);
  }
  return PathMap{WithoutSlashes(text.substr(0, equals)), WithoutSlashes(text.substr(equals + 1))};
}

std::optional<std::string> PathBelow(std::string_view path, std::string_view folder) {
  const std::string_view start = folder == "/" ? "" : folder;
  if (!path.starts_with(start) || path.size() <= start.size() + 1 || path[start.size()] != '/' ||
      HasDotDot(path)) {
    return std::nullopt;
  }
  const size_t first = path.find_first_not_of('/', start.size());
  if (first == std::string_view::npos) return std::nullopt;
  return std::string(path.substr(first));
}

std::string MapPath(const std::string& path, const std::vector<PathMap>& maps) {
  const PathMap* best = nullptr;
  for (const PathMap& map : maps) {
    const bool is_better = best == nullptr || map.from.size() > best->from.size();
    if (is_better && PathBelow(path, map.from)) best = &map;
  }
  if (best == nullptr) return path;
  return fs::path(best->to) / *PathBelow(path, best->from);
}

Result<ArchiveRoots> ArchiveRoots::Open(const std::vector<std::string>& folders,
                                        std::vector<PathMap> maps) {
  ArchiveRoots roots;
  roots.maps_ = std::move(maps);
  for (const std::string& folder : folders) {
    Root root;
    root.folder = base::FileDescriptor(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root.folder.valid()) {
      return Fail("--archive-root {}: {}", folder, std::generic_category().message(errno));
    }
    std::error_code ignored;
    root.names.push_back(WithoutSlashes(fs::absolute(folder, ignored)));
    root.names.push_back(WithoutSlashes(fs::canonical(folder, ignored)));
    roots.roots_.push_back(std::move(root));
  }
  return roots;
}

Result<ArchivedFile> ArchiveRoots::OpenFile(const std::string& path) const {
  const std::string place = PlaceOf(path);
  if (place.find('\0') != std::string::npos) return Fail("this is no path");
  std::string reason = HasDotDot(place) ? "there is a .. in its path" : "no --archive-root has it";
  for (const Root& root : roots_) {
    std::optional<std::string> rest;
    for (const std::string& name : root.names) {
      if (!rest) rest = PathBelow(place, name);
    }
    if (!rest) continue;
    ArchivedFile opened = OpenLongest(root.folder, *rest);
    if (!opened.file.valid()) {
      reason = ReasonOf(errno);
      continue;
    }
    struct stat status {};
    if (::fstat(opened.file.get(), &status) == 0 && S_ISREG(status.st_mode)) return opened;
    reason = "this is no regular file";
  }
  return Fail("{}", reason);
}

std::vector<ListedFile> ArchiveRoots::List(size_t most) const {
  std::vector<ListedFile> files;
  FileListing listing(most);
  for (size_t root = 0; root < roots_.size(); ++root) {
    for (FileListing::File& file : listing.FilesBelow(roots_[root].folder)) {
      files.push_back({root, std::move(file.path), file.bytes});
    }
  }
  return files;
}

base::FileDescriptor ArchiveRoots::Open(const ListedFile& file) const {
  base::FileDescriptor opened =
      OpenBeneath(roots_[file.root].folder, file.path, Mounts::kNotEntered);
  struct stat status {};
  const bool is_file =
      opened.valid() && ::fstat(opened.get(), &status) == 0 && S_ISREG(status.st_mode);
  return is_file ? std::move(opened) : base::FileDescriptor();
}

std::string ArchiveRoots::PathOf(const ListedFile& file) const {
  return fs::path(roots_[file.root].names.front()) / file.path;
}

}  // namespace espcap::retrieve
