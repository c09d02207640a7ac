// SPDX-License-Identifier: GPL-2.0-or-later
//
// Each target over the inputs that were found to break it once (findings/TARGET, one a file: a file
// that is added is a test), over nothing, and over the inputs that fuzzing begins with.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#include "targets.h"

namespace espcap::fuzz {

// As ctest shows it.
void PrintTo(const Target& target, std::ostream* out) { *out << target.name; }

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> FilesBelow(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::is_directory(folder)) return files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

class Replay : public ::testing::TestWithParam<Target> {
 protected:
  // A target that is not content ends the process: the last path printed is the input.
  static size_t RunAll(const fs::path& folder) {
    const std::vector<fs::path> files = FilesBelow(folder / GetParam().name);
    for (const fs::path& path : files) {
      std::printf("%s\n", path.c_str());
      std::fflush(stdout);
      std::ifstream file(path, std::ios::binary);
      const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
      GetParam().run({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
    }
    return files.size();
  }
};

TEST_P(Replay, WhatWasFoundIsRepaired) {
  GetParam().run({});
  RunAll(ESPCAP_FUZZ_FINDINGS);
}

TEST_P(Replay, SeedsAreNoFindings) { EXPECT_GT(RunAll(ESPCAP_FUZZ_SEEDS), 0U); }

INSTANTIATE_TEST_SUITE_P(Fuzz, Replay, ::testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace espcap::fuzz
