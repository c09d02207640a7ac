// SPDX-License-Identifier: GPL-2.0-or-later
//
// The files that golden tests go over: test_pcaps, and the folder that ESPCAP_CAPTURES names.
#ifndef ESPCAP_TESTS_GOLDEN_CAPTURES_H_
#define ESPCAP_TESTS_GOLDEN_CAPTURES_H_

#include <cstdlib>
#include <filesystem>
#include <vector>

namespace espcap::testing {

// Some are no captures.
inline std::vector<std::filesystem::path> CaptureFiles() {
  namespace fs = std::filesystem;
  std::vector<fs::path> folders = {ESPCAP_TEST_PCAPS};
  if (const char* more = std::getenv("ESPCAP_CAPTURES"); more != nullptr) {
    folders.emplace_back(more);
  }
  std::vector<fs::path> files;
  for (const fs::path& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  return files;
}

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_GOLDEN_CAPTURES_H_
