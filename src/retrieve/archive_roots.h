// SPDX-License-Identifier: GPL-2.0-or-later
//
// Files that documents name, opened below folders that the user has named. A document is input from
// outside: no path of it leads elsewhere, by no link and no "..". Any thread.
#ifndef ESPCAP_RETRIEVE_ARCHIVE_ROOTS_H_
#define ESPCAP_RETRIEVE_ARCHIVE_ROOTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"

namespace espcap::retrieve {

// Files that lay below one folder lie below another now.
struct PathMap {
  std::string from;
  std::string to;
};

// "OLD=NEW"; both absolute.
Result<PathMap> ParsePathMap(const std::string& text);

// By the longest folder that fits. Pure.
std::string MapPath(const std::string& path, const std::vector<PathMap>& maps);

// What is left of a path below a folder; none where it isn't below, or has a ".." in it. Pure.
std::optional<std::string> PathBelow(std::string_view path, std::string_view folder);

// A file, or what is packed in it.
struct ArchivedFile {
  base::FileDescriptor file;
  std::string member;  // as its path goes on behind the file; empty: the file itself
};

// A regular file below a root, as it was when it was listed.
struct ListedFile {
  size_t root = 0;
  std::string path;  // from the root on
  uint64_t bytes = 0;
};

class ArchiveRoots {
 public:
  // An error where one can't be opened. Links to the folders themselves are followed.
  static Result<ArchiveRoots> Open(const std::vector<std::string>& folders,
                                   std::vector<PathMap> maps);

  // Where a path that documents name lies here.
  [[nodiscard]] std::string PlaceOf(const std::string& path) const { return MapPath(path, maps_); }
  // A regular file, for reading; of a path that goes on behind it, that file. An error says why
  // there is none, without the path.
  [[nodiscard]] Result<ArchivedFile> OpenFile(const std::string& path) const;

  // Files that have something in them, each once, however many names it has, up to that number. No
  // link is followed, and no other file system is entered. What can't be read is left out.
  [[nodiscard]] std::vector<ListedFile> List(size_t most) const;
  // One of those, if it is there.
  [[nodiscard]] base::FileDescriptor Open(const ListedFile& file) const;
  // For people.
  [[nodiscard]] std::string PathOf(const ListedFile& file) const;

 private:
  struct Root {
    std::vector<std::string> names;  // as given, and without links
    base::FileDescriptor folder;
  };

  std::vector<Root> roots_;
  std::vector<PathMap> maps_;
};

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_ARCHIVE_ROOTS_H_
