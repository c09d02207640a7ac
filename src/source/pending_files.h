// SPDX-License-Identifier: GPL-2.0-or-later
//
// Files that something happened to, until they are complete (file_writers.h): each content is
// handed out once. Time is told by the caller, so that nothing here waits.
//
// What comes by a close is held for kSettle, since many programs write under one name and move the
// file to another when it is done. A file whose writer is still at work is looked at ever less
// often, at least every kQuiet: its close is an event, but one can be missed.
#ifndef ESPCAP_SOURCE_PENDING_FILES_H_
#define ESPCAP_SOURCE_PENDING_FILES_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/file_writers.h"

namespace espcap::source {

class PendingFiles {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kSettle{100};

  enum class Cause : uint8_t {
    kPresent,   // it lies there
    kFinished,  // it was closed, or moved here
    kCreated,   // opened for the first time, whose close will tell; or linked, which nothing will
  };

  // Once more for a path that is pending: as if it were new.
  void Note(std::string path, Cause cause, Clock::time_point now);

  // Those that are complete now, in the order they were noted.
  std::vector<std::string> PopComplete(Clock::time_point now);

  // When to call PopComplete() next, if no file is noted before; none where nothing is pending.
  [[nodiscard]] std::optional<Clock::time_point> NextLook() const;

  // What was handed out is remembered, for these files only. Call it with those that there are when
  // RemembersTooMuch(), and after events were missed.
  void KeepOnly(const std::vector<std::string>& present);
  [[nodiscard]] bool RemembersTooMuch() const { return given_.size() > given_bound_; }

 private:
  struct Pending {
    uint64_t order = 0;
    Cause cause = Cause::kPresent;
    Clock::time_point unchanged_since;
    Clock::time_point due;
    std::chrono::milliseconds last_wait{0};
    std::optional<base::FileState> state;
  };
  enum class Verdict : uint8_t { kComplete, kBlock, kDropped };

  Verdict Look(const std::string& path, Pending& pending, Clock::time_point now);

  uint64_t last_order_ = 0;
  std::map<std::string, Pending> pending_;
  std::set<base::FileState> given_;
  size_t given_bound_ = 0;
};

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_PENDING_FILES_H_
