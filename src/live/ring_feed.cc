// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/ring_feed.h"

#include <cstring>

#include "stream/frame_image.h"
#include "stream/stream_record.h"

namespace espcap::live {

using stream::FrameImage;
using stream::StreamRecord;

uint32_t RingFeed::RingOf(int encapsulation, std::span<const uint8_t> bytes) const {
  if (rings_.size() == 1) return 0;
  const auto hash = source::FlowHash(key_, encapsulation, bytes);
  return hash ? static_cast<uint32_t>(*hash % rings_.size()) : 0;
}

RingFeed::Outcome RingFeed::Put(uint32_t ring_number, const wireshark::RecordHeader& header,
                                std::span<const uint8_t> bytes, const RecordedPlace& recorded) {
  process::PacketRing& ring = *rings_[ring_number];
  const size_t image_bytes = FrameImage::PlainBytes(bytes.size());
  StreamRecord record;
  const size_t head_bytes = sizeof(record) + recorded.path.size();
  const bool has_image = head_bytes + image_bytes <= ring.max_record_bytes();
  record.has_image = has_image ? 1 : 0;
  const size_t record_bytes = head_bytes + (has_image ? image_bytes : 0);
  record.path_bytes = static_cast<uint32_t>(recorded.path.size());
  record.recorded_number = recorded.number;
  record.recorded_offset = static_cast<int64_t>(recorded.offset);

  const int64_t time_ns = wireshark::Nanoseconds(header.time);
  source::FrameDigest digest{};
  if (duplicates_ != nullptr) digest = duplicates_->DigestOf(bytes);

  SharedCaptureState::NumberingLock lock(shared_state_);
  if (lock.IsOver()) return Outcome::kOver;
  if (duplicates_ != nullptr && duplicates_->Has(digest, time_ns)) {
    static_cast<void>(lock.NextPlace(header.time, bytes.size()));
    duplicates_->Remember(digest, time_ns);
    shared_state_.CountDuplicate(interface_, bytes.size());
    return Outcome::kDuplicate;
  }
  const std::span<char> room = ring.Claim(record_bytes, [] { return false; });
  if (room.empty()) return Outcome::kNoRoom;
  const SharedCaptureState::Place place = lock.NextPlace(header.time, bytes.size());
  record.frame_number = place.frame_number;
  record.first_time = place.first_time;
  record.previous_time = place.previous_time;
  record.log_bytes = ring.log_bytes();
  record.file_type = wtap_pcapng_file_type_subtype();  // as dumpcap's
  std::memcpy(room.data(), &record, sizeof(record));
  recorded.path.copy(room.data() + sizeof(record), recorded.path.size());
  if (has_image) FrameImage::WritePlain(header, bytes, room.subspan(head_bytes));
  shared_state_.CountReceived(interface_, bytes.size());
  if (duplicates_ != nullptr) duplicates_->Remember(digest, time_ns);
  ring.Commit(record_bytes, {place.number, {}});
  return Outcome::kTaken;
}

}  // namespace espcap::live
