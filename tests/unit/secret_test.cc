// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/secret.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>
#include <utility>

namespace espcap::base {
namespace {

// What the kernel says of the mapping that holds `address`: "VmFlags: rd wr …" of smaps.
std::string FlagsOf(const char* address) {
  std::ifstream smaps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<uintptr_t>(address);
  bool is_inside = false;
  for (std::string line; std::getline(smaps, line);) {
    uintptr_t begin = 0;
    uintptr_t end = 0;
    const char* const last = line.data() + line.size();
    const auto first = std::from_chars(line.data(), last, begin, 16);
    if (first.ec == std::errc() && first.ptr != last && *first.ptr == '-') {
      std::from_chars(first.ptr + 1, last, end, 16);
      is_inside = begin <= wanted && wanted < end;
    }
    if (is_inside && line.starts_with("VmFlags:")) return line + " ";
  }
  return {};
}

TEST(Secret, HoldsWhatItWasGiven) {
  const Secret secret("s3cret");
  EXPECT_EQ(secret.view(), "s3cret");
  EXPECT_STREQ(secret.c_str(), "s3cret");
  EXPECT_FALSE(secret.empty());
  EXPECT_EQ(Secret(std::string(9000, 'x')).view(), std::string(9000, 'x'));
  EXPECT_EQ(Secret(std::string(4096, 'x')).c_str()[4096], '\0');
}

TEST(Secret, IsEmptyByItselfAndAfterItHasMoved) {
  Secret empty;
  EXPECT_TRUE(empty.empty());
  EXPECT_EQ(empty.view(), "");
  Secret secret("s3cret");
  empty = std::move(secret);
  EXPECT_EQ(empty.view(), "s3cret");
  EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move): that is what is asked
  EXPECT_EQ(secret.view(), "");
  const Secret other(std::move(empty));
  EXPECT_EQ(other.view(), "s3cret");
}

TEST(Secret, ShortenedIsWipedBehind) {
  Secret secret("s3cret");
  secret.Shorten(2);
  EXPECT_EQ(secret.view(), "s3");
  EXPECT_TRUE(std::all_of(secret.c_str() + 2, secret.c_str() + 6, [](char c) { return c == 0; }));
}

TEST(Secret, StaysOutOfDumpsAndSwap) {
  const Secret secret("s3cret");
  const std::string flags = FlagsOf(secret.c_str());
  EXPECT_NE(flags.find(" dd "), std::string::npos) << flags;         // not dumped
  EXPECT_NE(flags.find(" wf "), std::string::npos) << flags;         // wiped on fork
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // whose mlock() does nothing
  EXPECT_NE(flags.find(" lo "), std::string::npos) << flags;         // locked
#endif
}

TEST(Secret, ReadsAsZerosInAChild) {
  const Secret secret("s3cret");
  const pid_t child = ::fork();
  if (child == 0) {
    const bool is_wiped =
        std::all_of(secret.c_str(), secret.c_str() + 6, [](char c) { return c == 0; });
    ::_exit(is_wiped ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(secret.view(), "s3cret");
}

TEST(Secret, AProcessWithoutDumps) {
  const pid_t child = ::fork();
  if (child == 0) {
    ForbidDumps();
    ::_exit(::prctl(PR_GET_DUMPABLE));
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(Secret, WipeLeavesZeros) {
  std::string text = "s3cret";
  Wipe(text);
  EXPECT_EQ(text, std::string(6, '\0'));
}

}  // namespace
}  // namespace espcap::base
