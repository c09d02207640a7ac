// SPDX-License-Identifier: GPL-2.0-or-later
//
// Frames that are equal to one shortly before: what a mirror port, or a capture at two places, sees
// twice. Pure but for memory; one thread.
#ifndef ESPCAP_SOURCE_DUPLICATES_H_
#define ESPCAP_SOURCE_DUPLICATES_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace espcap::source {

struct DuplicateOptions {
  std::chrono::nanoseconds window{0};
  // Random: nobody can tell which frames will share a place in a table.
  std::array<uint8_t, 16> seed{};
};

using FrameDigest = std::array<uint8_t, 16>;

FrameDigest DigestOf(std::span<const uint8_t> frame, const DuplicateOptions& options);

// Of one capture, frame by frame, as `editcap -w` finds them: from a frame back, those that are
// later than it are passed over, and the first that is earlier by more than the window ends the
// search. It goes back kDepth frames at most, which bounds the memory (some 50 MB).
class DuplicateFinder {
 public:
  static constexpr size_t kDepth = 999'999;

  explicit DuplicateFinder(const DuplicateOptions& options, size_t depth = kDepth);

  // Whether the capture's next frame is equal to one of the window.
  bool CheckAndAdd(std::span<const uint8_t> frame, int64_t time_ns);

 private:
  using Number = uint64_t;  // of a frame, from 1; 0: none

  struct Entry {
    FrameDigest digest{};
    int64_t time_ns = 0;
    Number previous = 0;  // in the same bucket
  };
  struct Earliest {
    Number number = 0;
    int64_t time_ns = 0;
  };

  [[nodiscard]] Entry& EntryOf(Number number) { return entries_[(number - 1) % depth_]; }
  [[nodiscard]] Number LastBefore(int64_t time_ns) const;
  bool FindAndUnlink(Number& bucket, const FrameDigest& digest, int64_t time_ns);
  void Add(Number& bucket, const FrameDigest& digest, int64_t time_ns);

  DuplicateOptions options_;
  size_t depth_;
  Number taken_ = 0;
  std::vector<Entry> entries_;   // a ring, once it is full
  std::vector<Number> buckets_;  // the newest of each
  // Frames that no later one is earlier than: their times rise.
  std::deque<Earliest> earliest_;
};

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_DUPLICATES_H_
