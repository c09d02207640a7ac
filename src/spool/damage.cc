// SPDX-License-Identifier: GPL-2.0-or-later
#include "spool/damage.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/file_descriptor.h"
#include "spool/record_body.h"

namespace espcap::spool {
namespace {

constexpr const char* kFolder = "damaged";
constexpr uint64_t kPieceBytes = uint64_t{1} << 16U;

std::string Reason(int error) { return std::generic_category().message(error); }

// Zero, or the error that stopped it.
int Copy(int from, const DamagedPlace& place, int to) {
  for (uint64_t at = place.begin; at < place.end;) {
    errno = 0;
    const std::string piece = ReadPiece(from, at, std::min(kPieceBytes, place.end - at));
    if (piece.empty()) return errno == 0 ? ENODATA : errno;
    at += piece.size();
    for (std::string_view left = piece; !left.empty();) {
      const ssize_t count = ::write(to, left.data(), left.size());
      if (count < 0 && errno != EINTR) return errno;
      left.remove_prefix(static_cast<size_t>(std::max<ssize_t>(count, 0)));
    }
  }
  return ::fdatasync(to) == 0 ? 0 : errno;
}

// Whether a gap is in the place's stead, or none is needed: a segment's header stays, and what lies
// behind a gap is passed over. What is too short for one stays, unless the segment ends there.
bool PutGap(SegmentFile& segment, const DamagedPlace& place) {
  const uint64_t bytes = place.end - place.begin;
  if (place.begin < kHeaderBytes) return true;
  if (bytes < kFrameBytes && place.end < segment.bytes()) return false;
  Frame gap;
  gap.kind = FrameKind::kGap;
  gap.documents_before = place.documents_before;
  gap.documents = static_cast<uint32_t>(place.documents.value_or(0));
  gap.payload_bytes = static_cast<uint32_t>(std::max<uint64_t>(bytes, kFrameBytes) - kFrameBytes);
  return segment.Overwrite(place.begin, EncodeFrame(gap, segment.id().marker)).has_value();
}

}  // namespace

bool IsBodyWhole(const SegmentFile& segment, const RecordPlace& record) {
  const Frame& frame = record.frame;
  const std::string body = ReadPiece(segment.file(), record.BodyBegin(), frame.BodyBytes());
  if (body.size() != frame.BodyBytes()) return false;
  const std::string_view bytes = body;
  return Crc64(bytes.substr(0, frame.list_bytes)) == frame.list_crc &&
         Crc64(bytes.substr(frame.list_bytes)) == frame.payload_crc;
}

DamagedPlace PlaceOfRecord(const SegmentFile& segment, const RecordPlace& record) {
  const Frame& frame = record.frame;
  DamagedPlace place = {record.begin,
                        std::min(record.End(), segment.bytes()),
                        frame.documents_before,
                        frame.documents,
                        {}};
  const auto list =
      DecodeList(frame, ReadPiece(segment.file(), record.BodyBegin(), frame.list_bytes));
  if (list && frame.contents == Contents::kSections) {
    place.packets = "packets of " + list->source;
  } else if (list && !list->documents.empty()) {
    place.packets = fmt::format("packets {} to {} of {}", list->documents.front().frame_number,
                                list->documents.back().frame_number, list->source);
  }
  return place;
}

void Damage::AddLost(SegmentFile& segment, const DamagedPlace& place) {
  Count(lost_, place);
  std::string message = fmt::format(
      "{} is damaged at byte {} ({} bytes{}{}); lost: {}", segment.name(), place.begin,
      place.end - place.begin, place.packets.empty() ? "" : ", ", place.packets, CountText(place));
  bool is_out = true;
  if (place.end > place.begin) {
    const auto kept = Keep(segment, place);
    is_out = kept.has_value();
    message += kept ? "; kept as " + *kept : "; it stays where it is: " + kept.error().message;
  }
  if (!is_out || !PutGap(segment, place)) left_.insert({segment.id(), place.begin, place.end});
  if (place.documents == 0) return Warn(message);
  ReportLost(message);
}

void Damage::AddTornEnd(SegmentFile& segment, const DamagedPlace& place) {
  Count(torn_, place);
  std::string message = fmt::format("{} was cut off by a crash; its last {} bytes held {} more",
                                    segment.name(), place.end - place.begin, CountText(place));
  const auto kept = Keep(segment, place);
  message += kept ? "; kept as " + *kept : "; they stay where they are: " + kept.error().message;
  if (!kept || !segment.Cut(place.begin)) left_.insert({segment.id(), place.begin, place.end});
  Warn(message);
}

void Damage::AddMissing(const SegmentFile& segment, uint64_t documents, std::string_view what) {
  lost_.documents += documents;
  ReportLost(
      fmt::format("{} {}; lost: {}", segment.name(), what, CountText({0, 0, 0, documents, {}})));
}

bool Damage::IsAnyLeft(const SegmentFile& segment) const {
  const auto first = left_.lower_bound({segment.id(), 0, 0});
  return first != left_.end() && std::get<0>(*first) == segment.id();
}

std::string Damage::CountText(const DamagedPlace& place) const {
  const std::string_view noun = NounOf(contents_);
  if (!place.documents) return fmt::format("an unknown number of {}s", noun);
  if (*place.documents == 0) return fmt::format("no {}", noun);
  return fmt::format("{} {}{}", *place.documents, noun, *place.documents == 1 ? "" : "s");
}

void Damage::Count(Loss& loss, const DamagedPlace& place) {
  loss.bytes += place.end - place.begin;
  loss.documents += place.documents.value_or(0);
  if (!place.documents) ++loss.uncounted;
}

Result<std::string> Damage::Keep(const SegmentFile& segment, const DamagedPlace& place) const {
  constexpr mode_t kFolderMode = 0700;
  constexpr mode_t kFileMode = 0600;
  if (::mkdirat(descriptor_, kFolder, kFolderMode) != 0 && errno != EEXIST) {
    return Fail("make {}/{}: {}", directory_, kFolder, Reason(errno));
  }
  const base::FileDescriptor folder(
      ::openat(descriptor_, kFolder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.valid()) return Fail("open {}/{}: {}", directory_, kFolder, Reason(errno));
  const std::string name = fmt::format("{}.{}", segment.name(), place.begin);
  std::string path = fmt::format("{}/{}/{}", directory_, kFolder, name);
  const base::FileDescriptor copy(::openat(folder.get(), name.c_str(),
                                           O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                                           kFileMode));
  if (!copy.valid()) return Fail("create {}: {}", path, Reason(errno));
  const int error = Copy(segment.file(), place, copy.get());
  if (error == 0 && ::fsync(folder.get()) == 0) return path;
  const int why = error == 0 ? errno : error;
  ::unlinkat(folder.get(), name.c_str(), 0);  // a part of it tells nothing
  return Fail("write {}: {}", path, Reason(why));
}

}  // namespace espcap::spool
