// SPDX-License-Identifier: GPL-2.0-or-later
//
// What libwireshark reads while it dissects.
#ifndef ESPCAP_DISSECT_READABLE_FILES_H_
#define ESPCAP_DISSECT_READABLE_FILES_H_

#include <string>
#include <vector>

namespace espcap::dissect {

// Files, and folders with all below them: its data, the user's profile, and what preferences name
// (keys).
class ReadableFiles {
 public:
  // Walks all preferences: once a run is enough. REQUIRES: an EpanLibrary.
  ReadableFiles();

  // For a file of a preference that isn't there yet, its folder.
  [[nodiscard]] std::vector<std::string> Now() const;

 private:
  std::vector<std::string> of_preferences_;
  std::vector<std::string> of_library_;
};

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_READABLE_FILES_H_
