// SPDX-License-Identifier: GPL-2.0-or-later
#include "consume/memory_share.h"

#include <gtest/gtest.h>

namespace espcap::consume {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20U;

TEST(MemoryShare, IsEqualForAllThatFit) {
  const struct {
    uint64_t total;
    size_t partitions;
    size_t sessions;
    uint64_t session_bytes;
  } cases[] = {
      {0, 5, 5, 0},  // not bounded
      {1000, 1, 1, 1000}, {1000, 4, 4, 250}, {1000, 15, 15, 66},
      {1000, 16, 15, 66},                                     // 62 each would be too little
      {128, 3, 2, 64},    {64, 3, 1, 64},    {10, 3, 1, 10},  // one goes on with what there is
      {1000, 0, 1, 1000},
  };
  for (const auto& c : cases) {
    const MemoryShare share = ShareMemory(c.total * kMiB, c.partitions);
    EXPECT_EQ(share.sessions, c.sessions) << c.total << " " << c.partitions;
    EXPECT_EQ(share.session_bytes / kMiB, c.session_bytes) << c.total << " " << c.partitions;
  }
}

}  // namespace
}  // namespace espcap::consume
