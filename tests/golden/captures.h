// SPDX-License-Identifier: GPL-2.0-or-later
//
// The files that golden tests go over: test_pcaps, and the folder that ESPCAP_CAPTURES names.
#ifndef ESPCAP_TESTS_GOLDEN_CAPTURES_H_
#define ESPCAP_TESTS_GOLDEN_CAPTURES_H_

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "dissect/session.h"

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

using Visit =
    std::function<void(dissect::Session&, const std::filesystem::path&, std::FILE* lines)>;

// Visits each in a process and with a pristine session of its own, as espcap does: libwireshark 4.0
// keeps some 8 MB of each session until the process ends (the names of manufacturers). What `visit`
// prints comes to `take` in this process, line by line; what it expects and doesn't get fails the
// test.
inline void ForEachCapture(const Visit& visit,
                           const std::function<void(std::string_view line)>& take) {
  dissect::Session session({});
  for (const std::filesystem::path& path : CaptureFiles()) {
    SCOPED_TRACE(path.native());
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      std::FILE* out = ::fdopen(ends[1], "w");
      visit(session, path, out);
      static_cast<void>(std::fclose(out));
      static_cast<void>(std::fflush(stdout));
      ::_exit(::testing::Test::HasFailure() ? 1 : 0);
    }
    ::close(ends[1]);
    std::FILE* in = ::fdopen(ends[0], "r");
    char* line = nullptr;
    size_t capacity = 0;
    for (ssize_t length = 0; (length = ::getline(&line, &capacity, in)) > 0;) {
      take(std::string_view(line, static_cast<size_t>(length) - 1));
    }
    std::free(line);  // NOLINT: getline's
    static_cast<void>(std::fclose(in));
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
  }
}

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_GOLDEN_CAPTURES_H_
