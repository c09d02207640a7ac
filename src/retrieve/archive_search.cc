// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/archive_search.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

namespace espcap::retrieve {
namespace {

std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

std::optional<ArchiveSearch::Found> ArchiveSearch::Find(const Wanted& wanted) {
  if (known_.contains(wanted.fingerprint)) return Open(wanted.fingerprint);
  List();
  const auto is_large_enough = [this, &wanted](size_t file) {
    return files_[file].bytes >= wanted.likely_bytes;
  };
  const auto is_called_so = [this, &wanted](size_t file) {
    return LastPart(files_[file].path) == LastPart(wanted.name);
  };
  std::stable_partition(unhashed_.begin(), unhashed_.end(), is_large_enough);
  std::stable_partition(unhashed_.begin(), unhashed_.end(), is_called_so);
  bool is_found = false;
  auto next = unhashed_.begin();
  for (; next != unhashed_.end() && left_ > 0 && !is_found; ++next) {
    is_found = Hash(*next, wanted.fingerprint);
  }
  if (!is_found && next != unhashed_.end()) is_cut_ = true;
  unhashed_.erase(unhashed_.begin(), next);
  return is_found ? Open(wanted.fingerprint) : std::nullopt;
}

std::optional<ArchiveSearch::Found> ArchiveSearch::Open(const Fingerprint& fingerprint) const {
  const ListedFile& file = files_[known_.at(fingerprint)];
  Found found{roots_.PathOf(file), roots_.Open(file)};
  if (!found.file.valid()) return std::nullopt;
  return found;
}

void ArchiveSearch::List() {
  if (std::exchange(is_listed_, true)) return;
  files_ = roots_.List(kMostListed);
  is_cut_ = files_.size() == kMostListed;
  unhashed_.resize(files_.size());
  std::iota(unhashed_.begin(), unhashed_.end(), size_t{0});
}

bool ArchiveSearch::Hash(size_t file, const Fingerprint& wanted) {
  base::FileDescriptor opened = roots_.Open(files_[file]);
  if (!opened.valid() || hasher_->HasEnded()) return false;
  --left_;
  bool is_wanted = false;
  hasher_->Ask(roots_.PathOf(files_[file]),
               std::make_shared<const base::FileDescriptor>(std::move(opened)),
               [&](const process::FileHasher::Answer& answer) {
                 if (!answer || !*answer) return;
                 known_.emplace((*answer)->fingerprint, file);
                 is_wanted = (*answer)->fingerprint == wanted;
               });
  if (!hasher_->HasEnded()) hasher_->ReceiveAnswer();
  return is_wanted;
}

}  // namespace espcap::retrieve
