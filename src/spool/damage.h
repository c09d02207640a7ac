// SPDX-License-Identifier: GPL-2.0-or-later
//
// What becomes of bytes that can't be read back: they are counted, copied to DIR/damaged, taken out
// of their segment, and reported. Owned by the spool, used by one thread. espcap deletes nothing in
// DIR/damaged; each file there is one place of a segment.
#ifndef ESPCAP_SPOOL_DAMAGE_H_
#define ESPCAP_SPOOL_DAMAGE_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "espcap/result.h"
#include "spool/segment_file.h"
#include "spool/segment_walk.h"

namespace espcap::spool {

// What could not be read back.
struct Loss {
  uint64_t documents = 0;  // or packets, in sections; as the record itself or what follows it tells
  uint64_t bytes = 0;
  uint64_t uncounted = 0;  // places of which nothing tells how many documents they held
};

// Whether the checksums of a record's body are right.
bool IsBodyWhole(const SegmentFile& segment, const RecordPlace& record);
// A record whose body is damaged, as far as its list is whole by packets.
DamagedPlace PlaceOfRecord(const SegmentFile& segment, const RecordPlace& record);

// What a spool says, each time with its name.
struct Reports {
  std::function<void(const std::string& message)> warn;   // nothing that had been taken is lost
  std::function<void(const std::string& message)> error;  // documents are
};

class Damage {
 public:
  // `descriptor` is of `directory`, and stays open. `contents`: what is counted.
  Damage(std::string directory, int descriptor, Contents contents, Reports reports)
      : directory_(std::move(directory)),
        descriptor_(descriptor),
        contents_(contents),
        reports_(std::move(reports)) {}

  // Takes the place out of the segment: a gap is there from now on. Where its bytes can't be copied
  // they stay, and are passed over in silence until the next run.
  // REQUIRES: the segment is open.
  void AddLost(SegmentFile& segment, const DamagedPlace& place);

  // Takes away all of the segment from the place on: an append that a crash cut off.
  // REQUIRES: the segment is open; the place reaches its end.
  void AddTornEnd(SegmentFile& segment, const DamagedPlace& place);

  // Documents of which no bytes are left to keep.
  void AddMissing(const SegmentFile& segment, uint64_t documents, std::string_view what);

  void Warn(std::string_view message) const {
    reports_.warn(fmt::format("spool {}: {}", directory_, message));
  }

  // Whether the place, or any of the segment, could not be taken out and is still there.
  [[nodiscard]] bool IsLeft(const SegmentFile& segment, uint64_t begin, uint64_t end) const {
    return left_.contains({segment.id(), begin, std::min(end, segment.bytes())});
  }
  [[nodiscard]] bool IsAnyLeft(const SegmentFile& segment) const;

  [[nodiscard]] const Loss& lost() const { return lost_; }
  [[nodiscard]] const Loss& torn() const { return torn_; }

 private:
  void ReportLost(std::string_view message) const {
    reports_.error(fmt::format("spool {}: {}", directory_, message));
  }
  [[nodiscard]] std::string CountText(const DamagedPlace& place) const;
  static void Count(Loss& loss, const DamagedPlace& place);
  // The path of the copy.
  [[nodiscard]] Result<std::string> Keep(const SegmentFile& segment,
                                         const DamagedPlace& place) const;

  std::string directory_;
  int descriptor_;
  Contents contents_;
  Reports reports_;
  Loss lost_;
  Loss torn_;
  std::set<std::tuple<SegmentId, uint64_t, uint64_t>> left_;
};

}  // namespace espcap::spool

#endif  // ESPCAP_SPOOL_DAMAGE_H_
