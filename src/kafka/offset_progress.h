// SPDX-License-Identifier: GPL-2.0-or-later
//
// How far a partition is settled, where messages are settled in any order: below the offset that
// may be committed nothing is left. Pure.
#ifndef ESPCAP_KAFKA_OFFSET_PROGRESS_H_
#define ESPCAP_KAFKA_OFFSET_PROGRESS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

namespace espcap::kafka {

class OffsetProgress {
 public:
  // A message was taken. Offsets rise, with gaps: a broker removes messages, and uses some itself.
  void Take(int64_t offset) {
    open_.try_emplace(offset, false);
    next_ = offset + 1;
  }

  // What becomes of it is known. One that was not taken, or is settled already, changes nothing.
  void Settle(int64_t offset) {
    const auto found = open_.find(offset);
    if (found != open_.end()) found->second = true;
    while (!open_.empty() && open_.begin()->second) open_.erase(open_.begin());
  }

  // The offset to be committed: of the first message that isn't settled, or the one after the last.
  // None where that is the one that was committed before.
  [[nodiscard]] std::optional<int64_t> Committable() const {
    const int64_t offset = open_.empty() ? next_ : open_.begin()->first;
    return next_ == kNothingTaken || offset == committed_ ? std::nullopt : std::optional(offset);
  }
  // Below it everything is settled; none: nothing was taken yet.
  [[nodiscard]] std::optional<int64_t> Position() const {
    if (next_ == kNothingTaken) return std::nullopt;
    return open_.empty() ? next_ : open_.begin()->first;
  }
  void NoteCommitted(int64_t offset) { committed_ = offset; }
  void ForgetCommitted() { committed_ = kNothingTaken; }

  // Taken, and not settled; those behind one that isn't settled count as well.
  [[nodiscard]] size_t open() const { return open_.size(); }

 private:
  static constexpr int64_t kNothingTaken = -1;

  std::map<int64_t, bool> open_;  // whether it is settled, by offset
  int64_t next_ = kNothingTaken;
  int64_t committed_ = kNothingTaken;
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_OFFSET_PROGRESS_H_
