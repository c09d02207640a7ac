// SPDX-License-Identifier: GPL-2.0-or-later
//
// Frames of the last moments, of all interfaces, in memory that the capture processes share. What
// comes by two interfaces comes in any order, so a duplicate's time may be before or after. Some
// 260,000 frames are known; of more within the window, duplicates may go unseen. Called by one
// process at a time (SharedCaptureState::NumberingLock); one that dies meanwhile leaves at most a
// frame that nobody finds.
#ifndef ESPCAP_LIVE_SHARED_DUPLICATES_H_
#define ESPCAP_LIVE_SHARED_DUPLICATES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "espcap/result.h"
#include "source/duplicates.h"

namespace espcap::live {

class SharedDuplicates {
 public:
  static Result<std::unique_ptr<SharedDuplicates>> Create(const source::DuplicateOptions& options);
  ~SharedDuplicates();
  SharedDuplicates(const SharedDuplicates&) = delete;
  SharedDuplicates& operator=(const SharedDuplicates&) = delete;

  // Takes no turn.
  [[nodiscard]] source::FrameDigest DigestOf(std::span<const uint8_t> frame) const {
    return source::DigestOf(frame, options_);
  }

  // Whether it is equal to a frame that was remembered, within the window.
  [[nodiscard]] bool Has(const source::FrameDigest& digest, int64_t time_ns) const;
  // In the place of the earliest of those that share its places.
  void Remember(const source::FrameDigest& digest, int64_t time_ns) const;

 private:
  static constexpr size_t kSets = size_t{1} << 15U;
  static constexpr size_t kWays = 8;

  struct Frame {
    source::FrameDigest digest;
    int64_t time_ns;
    bool is_used;
  };
  using Set = std::array<Frame, kWays>;
  struct Table {
    std::array<Set, kSets> sets;
  };

  SharedDuplicates(const source::DuplicateOptions& options, Table* table)
      : options_(options), table_(table) {}

  [[nodiscard]] Set& SetOf(const source::FrameDigest& digest) const;

  source::DuplicateOptions options_;
  Table* table_;
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_SHARED_DUPLICATES_H_
