// SPDX-License-Identifier: GPL-2.0-or-later
//
// Files below a folder, by paths that lead nowhere else. What folders say is input from outside:
// bounded. One thread.
#ifndef ESPCAP_RETRIEVE_FILE_LISTING_H_
#define ESPCAP_RETRIEVE_FILE_LISTING_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"

namespace espcap::retrieve {

enum class Mounts : uint8_t { kEntered, kNotEntered };

// For reading, by no link and no "..". Not open: errno says why.
base::FileDescriptor OpenBeneath(const base::FileDescriptor& folder, const std::string& path,
                                 Mounts mounts = Mounts::kEntered);

class FileListing {
 public:
  struct File {
    std::string path;  // from the folder on
    uint64_t bytes = 0;
  };

  // `most`: of all folders.
  explicit FileListing(size_t most) : left_(most) {}

  // Regular files that have something in them, by their paths. Each file comes once.
  std::vector<File> FilesBelow(const base::FileDescriptor& folder);

 private:
  void ReadFolder(const base::FileDescriptor& top, const std::string& path,
                  std::vector<File>& files, std::vector<std::string>& folders);

  size_t left_;
  std::set<std::pair<dev_t, ino_t>> known_;
};

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_FILE_LISTING_H_
