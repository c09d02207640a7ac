// SPDX-License-Identifier: GPL-2.0-or-later
//
// Files below the archive's folders by their content, wherever they are now and whatever they are
// called. Another process hashes them, and parses nothing; each file once, and not more than is
// allowed. One thread.
#ifndef ESPCAP_RETRIEVE_ARCHIVE_SEARCH_H_
#define ESPCAP_RETRIEVE_ARCHIVE_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/fingerprint.h"
#include "process/file_hasher.h"
#include "retrieve/archive_roots.h"

namespace espcap::retrieve {

class ArchiveSearch {
 public:
  static constexpr size_t kMostListed = 200'000;

  // `roots` outlives it. `most_hashed`: files.
  ArchiveSearch(const ArchiveRoots& roots, std::unique_ptr<process::FileHasher> hasher,
                uint64_t most_hashed)
      : roots_(roots), hasher_(std::move(hasher)), left_(most_hashed) {}

  struct Wanted {
    Fingerprint fingerprint{};
    std::string name;           // files that are called so come first
    uint64_t likely_bytes = 0;  // then those that have as many; a packed one has fewer
  };
  struct Found {
    std::string path;
    base::FileDescriptor file;
  };
  // None: there is no such file among those that may be hashed. Waits.
  std::optional<Found> Find(const Wanted& wanted);

  // There were more files than may be hashed, and what is wanted may be one of them.
  [[nodiscard]] bool is_cut() const { return is_cut_; }

 private:
  [[nodiscard]] std::optional<Found> Open(const Fingerprint& fingerprint) const;
  void List();
  // Whether it is the one that is wanted.
  bool Hash(size_t file, const Fingerprint& wanted);

  const ArchiveRoots& roots_;
  std::unique_ptr<process::FileHasher> hasher_;
  uint64_t left_;  // that may be hashed
  bool is_listed_ = false;
  bool is_cut_ = false;
  std::vector<ListedFile> files_;
  std::vector<size_t> unhashed_;  // of files_
  std::map<Fingerprint, size_t> known_;
};

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_ARCHIVE_SEARCH_H_
