// SPDX-License-Identifier: GPL-2.0-or-later
#include "spool/spool.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace espcap::spool {
namespace {

// A segment's space comes back when all of it is settled, so several must fit.
constexpr uint64_t kMinSegments = 8;
// Any place in one, and a largest record, can be a gap.
constexpr uint64_t kMaxSegmentBytes = uint64_t{1} << 30U;

std::string Reason(int error) { return std::generic_category().message(error); }

bool SyncFolder(int descriptor) {
  // EINVAL: a file system that can't, and so has nothing to wait for.
  return ::fsync(descriptor) == 0 || errno == EINVAL;
}

Result<base::FileDescriptor> OpenDirectory(const std::string& path) {
  constexpr mode_t kMode = 0700;
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  if (::mkdir(path.c_str(), kMode) == 0) {
    const auto parent = std::filesystem::absolute(path).lexically_normal().parent_path();
    const base::FileDescriptor above(::open(parent.c_str(), kFlags));
    if (above.valid()) static_cast<void>(SyncFolder(above.get()));
  } else if (errno != EEXIST) {
    return Fail("make it: {}", Reason(errno));
  }
  base::FileDescriptor directory(::open(path.c_str(), kFlags));
  if (!directory.valid()) return Fail("{}", Reason(errno));
  if (::faccessat(directory.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
    return Fail("write there: {}", Reason(errno));
  }
  return directory;
}

Result<base::FileDescriptor> LockDirectory(int directory) {
  constexpr mode_t kMode = 0600;
  constexpr int kFlags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  base::FileDescriptor lock(::openat(directory, "lock", kFlags, kMode));
  if (!lock.valid()) return Fail("open its lock file: {}", Reason(errno));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return Fail("lock it: {}", Reason(errno));
  return Fail("another espcap is using it; let that one end first, or give each its own");
}

}  // namespace

Spool::Spool(Options options, base::FileDescriptor directory, base::FileDescriptor lock,
             Reports reports)
    : options_(std::move(options)),
      directory_(std::move(directory)),
      lock_(std::move(lock)),
      damage_(options_.directory, directory_.get(), options_.contents, std::move(reports)) {}

Result<std::unique_ptr<Spool>> Spool::Open(Options options, Reports reports) {
  const std::string path = options.directory;
  auto directory = OpenDirectory(path);
  if (!directory) return Fail("open spool {}: {}", path, directory.error().message);
  auto lock = LockDirectory(directory->get());
  if (!lock) return Fail("open spool {}: {}", path, lock.error().message);
  options.segment_bytes =
      std::min({options.segment_bytes, options.max_bytes / kMinSegments, kMaxSegmentBytes});
  std::unique_ptr<Spool> spool(
      new Spool(std::move(options), std::move(*directory), std::move(*lock), std::move(reports)));
  auto recovered = RecoverSegments(path, spool->directory_.get(), spool->damage_);
  if (!recovered) return Fail("open spool {}: {}", path, recovered.error().message);
  spool->segments_ = std::move(recovered->segments);
  spool->last_number_ = recovered->last_number;
  spool->documents_before_ = recovered->documents_before;
  return spool;
}

Result<bool> Spool::Append(const Batch& batch) {
  assert(!batch.empty());
  auto body = encoder_.Encode(batch, options_.contents);
  if (!body) return Fail("spool {}: {}", options_.directory, body.error().message);
  const uint64_t record_bytes = kRecordOverhead + body->frame.BodyBytes();
  SegmentFile* segment = WritableSegment(record_bytes);
  const uint64_t header_bytes = segment == nullptr ? kHeaderBytes : 0;
  if (bytes() + header_bytes + record_bytes > options_.max_bytes) return false;
  const auto written =
      segment != nullptr ? WriteRecord(*segment, *body, "") : WriteInNewSegment(*body);
  if (!written) return Fail("spool {}: {}", options_.directory, written.error().message);
  return true;
}

SegmentFile* Spool::WritableSegment(uint64_t record_bytes) {
  if (!writing_) return nullptr;
  SegmentFile& segment = segments_.at(*writing_);
  if (segment.IsRemoved()) return nullptr;
  return segment.bytes() + record_bytes <= options_.segment_bytes ? &segment : nullptr;
}

Result<void> Spool::WriteInNewSegment(const RecordBody& body) {
  if (auto finished = FinishSegment(); !finished) return finished;
  auto made = NewSegment();
  if (!made) return Forward(std::move(made));
  SegmentFile segment = std::move(*made);
  if (auto written = WriteRecord(segment, body, EncodeHeader({segment.id()})); !written) {
    ::unlinkat(directory_.get(), segment.name().c_str(), 0);
    return written;
  }
  // Only now: a number that is left out says that a segment was settled.
  last_number_ = segment.id().number;
  writing_ = segment.id();
  segments_.emplace(segment.id(), std::move(segment));
  return {};
}

Result<void> Spool::FinishSegment() {
  if (!writing_) return {};
  SegmentFile& segment = segments_.at(*writing_);
  writing_.reset();
  auto synced = segment.Sync();
  if (synced) synced = SyncDirectory();
  // What is removed could not be opened again.
  if (reading_ != segment.id() && !segment.IsRemoved()) segment.Close();
  return synced;
}

Result<SegmentFile> Spool::NewSegment() {
  SegmentId id = {last_number_ + 1, documents_before_, 0};
  if (::getrandom(&id.marker, sizeof(id.marker), 0) != sizeof(id.marker)) {
    return Fail("draw a random number: {}", Reason(errno));
  }
  SegmentFile segment(id);
  if (auto created = segment.Create(directory_.get()); !created) return Forward(std::move(created));
  is_directory_synced_ = false;
  return segment;
}

Result<void> Spool::WriteRecord(SegmentFile& segment, const RecordBody& body, std::string before) {
  RecordPlace record = {segment.bytes() + before.size(), body.frame};
  record.frame.documents_before = documents_before_;
  std::string bytes = std::move(before);
  bytes.reserve(bytes.size() + kRecordOverhead + record.frame.BodyBytes());
  bytes += EncodeFrame(record.frame, segment.id().marker);
  bytes += body.list;
  bytes += body.payload;
  Frame tail = record.frame;
  tail.kind = FrameKind::kTail;
  bytes += EncodeFrame(tail, segment.id().marker);
  bytes.append(kMarkBytes, '\0');
  if (auto appended = segment.Append(bytes); !appended) return appended;
  segment.Add(record.frame.documents);
  documents_before_ += record.frame.documents;
  if (reading_ == segment.id()) to_read_.push_back(record);
  return {};
}

Result<void> Spool::SyncDirectory() {
  if (is_directory_synced_) return {};
  if (!SyncFolder(directory_.get())) return Fail("sync the directory: {}", Reason(errno));
  is_directory_synced_ = true;
  return {};
}

Result<void> Spool::Sync() {
  Result<void> synced = {};
  if (writing_) synced = segments_.at(*writing_).Sync();
  if (synced) synced = SyncDirectory();
  if (!synced) return Fail("spool {}: {}", options_.directory, synced.error().message);
  return {};
}

Result<std::optional<SpooledBatch>> Spool::Next() {
  for (;;) {
    if (to_read_.empty()) {
      const auto next = reading_ ? segments_.upper_bound(*reading_) : segments_.begin();
      if (next == segments_.end()) return std::nullopt;
      if (auto loaded = Load(next->second); !loaded) {
        return Fail("spool {}: {}", options_.directory, loaded.error().message);
      }
      continue;
    }
    const RecordPlace record = to_read_.front();
    to_read_.pop_front();
    SegmentFile& segment = segments_.at(*reading_);
    auto batch = Read(segment, record);
    if (batch) {
      batch->ticket = ++last_ticket_;
      taken_.emplace(batch->ticket, Taken{segment.id(), record});
      return batch;
    }
    segment.Remove(record.frame.documents);
    DeleteIfDone(segment);
  }
}

Result<void> Spool::Load(SegmentFile& segment) {
  auto presence = segment.Open(directory_.get());
  if (!presence) return Forward(std::move(presence));
  const SegmentId id = reading_.emplace(segment.id());
  if (*presence == SegmentFile::Presence::kGone) {
    damage_.AddMissing(segment, segment.documents(), "has vanished");
    segments_.erase(id);
    return {};
  }
  const SegmentContents contents = WalkSegment(segment.file(), segment.bytes(), id);
  // What was there when it was looked through, or written, and isn't any more.
  uint64_t missing = segment.documents();
  segment.Clear();
  for (const RecordPlace& record : contents.records) {
    if (damage_.IsLeft(segment, record.begin, record.End())) continue;
    segment.Add(record.frame.documents);
    to_read_.push_back(record);
  }
  missing -= std::min(missing, segment.documents());
  for (DamagedPlace place : contents.damaged) {
    if (damage_.IsLeft(segment, place.begin, place.end)) continue;
    place.documents = std::exchange(missing, 0);
    damage_.AddLost(segment, place);
  }
  if (missing > 0) damage_.AddMissing(segment, missing, "is shorter than it was");
  DeleteIfDone(segment);
  return {};
}

std::optional<SpooledBatch> Spool::Read(SegmentFile& segment, const RecordPlace& record) {
  const Frame& frame = record.frame;
  const std::string list = ReadPiece(segment.file(), record.BodyBegin(), frame.list_bytes);
  std::string payload =
      ReadPiece(segment.file(), record.BodyBegin() + frame.list_bytes, frame.payload_bytes);
  auto decoded = DecodeList(frame, list);
  auto text = DecodePayload(frame, payload);
  if (!decoded || !text) {
    damage_.AddLost(segment, PlaceOfRecord(segment, record));
    return std::nullopt;
  }
  SpooledBatch batch;
  batch.contents = frame.contents;
  batch.text = std::move(*text);
  batch.documents = std::move(decoded->documents);
  batch.source = std::make_shared<const std::string>(std::move(decoded->source));
  if (frame.form == PayloadForm::kGzip) {
    batch.compression = Compression::kGzip;
    batch.compressed = std::move(payload);
  }
  return batch;
}

void Spool::Settle(uint64_t ticket) {
  const auto taken = taken_.extract(ticket);
  assert(!taken.empty());
  const auto& [id, record] = taken.mapped();
  SegmentFile& segment = segments_.at(id);
  segment.Remove(record.frame.documents);
  if (segment.records() > 0 || damage_.IsAnyLeft(segment)) {
    auto marked = segment.Overwrite(record.MarkBegin(), kSettledMark);
    if (!marked) damage_.Warn(marked.error().message + "; a batch will be sent once more");
  }
  DeleteIfDone(segment);
}

void Spool::DeleteIfDone(const SegmentFile& segment) {
  if (segment.records() > 0 || damage_.IsAnyLeft(segment)) return;
  if (::unlinkat(directory_.get(), segment.name().c_str(), 0) != 0 && errno != ENOENT) {
    damage_.Warn(fmt::format("delete {}: {}", segment.name(), Reason(errno)));
  }
  const SegmentId id = segment.id();
  if (writing_ == id) writing_.reset();
  segments_.erase(id);
}

uint64_t Spool::bytes() const {
  uint64_t sum = 0;
  for (const auto& [id, segment] : segments_) sum += segment.bytes();
  return sum;
}

uint64_t Spool::documents() const {
  uint64_t sum = 0;
  for (const auto& [id, segment] : segments_) sum += segment.documents();
  return sum;
}

}  // namespace espcap::spool
