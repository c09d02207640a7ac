// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/duplicates.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "../support/random_seed.h"
#include "live/shared_duplicates.h"

namespace espcap::source {
namespace {

using std::chrono::nanoseconds;

struct Frame {
  uint8_t byte;
  int64_t time_ns;
};

std::vector<bool> Found(const std::vector<Frame>& frames, int64_t window_ns, size_t depth = 100) {
  DuplicateFinder finder({nanoseconds(window_ns), {}}, depth);
  std::vector<bool> found;
  for (const Frame& frame : frames)
    found.push_back(finder.CheckAndAdd({&frame.byte, 1}, frame.time_ns));
  return found;
}

// The definition, step by step.
std::vector<bool> Expected(const std::vector<Frame>& frames, int64_t window_ns, size_t depth) {
  std::vector<bool> expected;
  for (size_t now = 0; now < frames.size(); ++now) {
    bool is_duplicate = false;
    for (size_t back = 1; back <= std::min(now, depth); ++back) {
      const Frame& before = frames[now - back];
      const int64_t delta = frames[now].time_ns - before.time_ns;
      if (delta < 0) continue;
      if (delta > window_ns) break;
      is_duplicate = before.byte == frames[now].byte;
      if (is_duplicate) break;
    }
    expected.push_back(is_duplicate);
  }
  return expected;
}

TEST(Duplicates, AreEqualFramesWithinTheWindow) {
  struct Case {
    std::vector<Frame> frames;
    std::vector<bool> found;
  };
  const Case cases[] = {
      {{{1, 0}, {1, 10}}, {false, true}},
      {{{1, 0}, {1, 11}}, {false, false}},
      {{{1, 0}, {2, 1}, {1, 2}}, {false, false, true}},
      {{{1, 0}, {1, 8}, {1, 16}}, {false, true, true}},  // equal to the duplicate
      {{{1, 5}, {1, 4}}, {false, false}},                // that one is later
      {{{1, 0}, {2, 90}, {1, 5}}, {false, false, true}},
      {{{1, 100}, {2, 0}, {1, 105}}, {false, false, false}},  // the search ends at 2
      {{{1, INT64_MIN}, {1, INT64_MIN + 3}}, {false, true}},
  };
  for (const Case& c : cases) EXPECT_EQ(Found(c.frames, 10), c.found);
}

TEST(Duplicates, AreWhatAStepByStepSearchFinds) {
  std::mt19937 random(espcap::testing::RandomSeed(18));
  const auto below = [&random](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  for (int round = 0; round < 200; ++round) {
    std::vector<Frame> frames;
    int64_t now = 1000;
    const unsigned kinds = 1 + below(12);
    const unsigned back = below(40);
    for (unsigned i = below(300); i > 0; --i) {
      now += static_cast<int64_t>(below(20)) - (below(4) == 0 ? back : 0);
      frames.push_back({static_cast<uint8_t>(below(kinds)), now});
    }
    const int64_t window = below(60);
    const size_t depth = 1 + below(50);
    EXPECT_EQ(Found(frames, window, depth), Expected(frames, window, depth)) << window;
  }
}

TEST(Duplicates, DigestsDependOnTheSeed) {
  const std::vector<uint8_t> frame = {1, 2, 3};
  EXPECT_EQ(DigestOf(frame, {{}, {1}}), DigestOf(frame, {{}, {1}}));
  EXPECT_NE(DigestOf(frame, {{}, {1}}), DigestOf(frame, {{}, {2}}));
  EXPECT_NE(DigestOf(frame, {{}, {1}}), DigestOf({frame.data(), 2}, {{}, {1}}));
}

TEST(SharedDuplicates, AreFoundBeforeAndAfter) {
  const auto shared = live::SharedDuplicates::Create({nanoseconds(10), {}}).value();
  const uint8_t byte = 1;
  const FrameDigest digest = shared->DigestOf({&byte, 1});
  EXPECT_FALSE(shared->Has(digest, 100));
  shared->Remember(digest, 100);
  for (const int64_t time : {90, 100, 110}) EXPECT_TRUE(shared->Has(digest, time)) << time;
  for (const int64_t time : {89, 111}) EXPECT_FALSE(shared->Has(digest, time)) << time;
  shared->Remember(digest, 200);
  EXPECT_TRUE(shared->Has(digest, 100) && shared->Has(digest, 200));
}

}  // namespace
}  // namespace espcap::source
