// SPDX-License-Identifier: GPL-2.0-or-later
//
// Batches that wait on disk while their server is away or slow. Lives in the supervisor, used by
// one thread, and is opened after the zygote is forked: a child that had its lock would keep it.
//
// A batch is one record in a segment file; docs/design/spool-format.md says how they look. Append()
// is one write(2): what it has returned from outlives any end of the process. What a finished
// segment holds, and what was appended before Sync(), outlives a power failure too. A record that
// is settled is marked so, and a segment whose records all are is deleted. Memory is held for the
// batches that were handed out and not settled, for the frames of the segment that is read (some 64
// bytes a record), and a few hundred bytes for each segment.
#ifndef ESPCAP_SPOOL_SPOOL_H_
#define ESPCAP_SPOOL_SPOOL_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/batch.h"
#include "espcap/compression.h"
#include "espcap/result.h"
#include "spool/damage.h"
#include "spool/record_body.h"
#include "spool/recovery.h"
#include "spool/segment_file.h"
#include "spool/segment_walk.h"

namespace espcap::spool {

struct Options {
  std::string directory;
  uint64_t max_bytes = uint64_t{1} << 30U;       // of all segments together
  uint64_t segment_bytes = uint64_t{16} << 20U;  // of one; less where max_bytes is small
  Contents contents = Contents::kDocuments;      // of what is appended
};

// A batch read back. It owns what it holds.
struct SpooledBatch {
  uint64_t ticket = 0;
  Contents contents = Contents::kDocuments;
  std::string text;
  std::vector<DocumentSpan> documents;  // they tile the text
  std::shared_ptr<const std::string> source;
  // The gzip form, where the batch came with one; else kNone and empty.
  Compression compression = Compression::kNone;
  std::string compressed;

  // Borrows from this object, which must stay where it is meanwhile.
  [[nodiscard]] Batch AsBatch() const {
    return {text, documents, source, 0, compression, compressed};
  }
};

class Spool {
 public:
  // Makes the directory (0700) where it is missing, locks it until this object ends, and looks
  // through what earlier runs have left: a torn end and damaged places are put aside and counted.
  // The newest segment, the only one that a crash can have torn, is checked to the last byte; the
  // bodies of others are when Next() comes to them. Errors: the directory can't be used, another
  // espcap has it, a segment is of a format that this version doesn't know.
  static Result<std::unique_ptr<Spool>> Open(Options options, Reports reports);

  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  ~Spool() = default;

  // False where it finds no room within max_bytes: nothing is written then. After an error (a full
  // disk) nothing of the batch is in the spool, and a later call can succeed.
  // REQUIRES: !batch.empty(), spans within the text.
  [[nodiscard]] Result<bool> Append(const Batch& batch);

  // The oldest batch that has not been given out in this run. One that turns out to be damaged is
  // reported, counted and passed over. An error is one of the moment (no file descriptor left): the
  // next call tries the same batch again.
  [[nodiscard]] Result<std::optional<SpooledBatch>> Next();

  // Each document of the batch has its outcome, and what had to be written of it (dead letters) is
  // on disk. A crash before the mark is on disk sends the batch once more: ids make that harmless.
  // REQUIRES: a ticket of Next(), once.
  void Settle(uint64_t ticket);

  // What was appended outlives a power failure once this has returned.
  [[nodiscard]] Result<void> Sync();

  // Of all segments: what counts against max_bytes.
  [[nodiscard]] uint64_t bytes() const;
  // Or packets, in sections. Neither settled nor lost, whether given out or not. After Open(): what
  // earlier runs left.
  [[nodiscard]] uint64_t documents() const;

  // Damaged or missing records.
  [[nodiscard]] const Loss& lost() const { return damage_.lost(); }
  // Cut off at the end of the newest segment: an Append() that a crash interrupted, or that no
  // Sync() had followed before a power failure.
  [[nodiscard]] const Loss& torn() const { return damage_.torn(); }

 private:
  struct Taken {
    SegmentId segment;
    RecordPlace record;
  };

  Spool(Options options, base::FileDescriptor directory, base::FileDescriptor lock,
        Reports reports);

  // Where the next record goes: the segment that is being written, if there is room in it.
  SegmentFile* WritableSegment(uint64_t record_bytes);
  Result<void> FinishSegment();
  Result<SegmentFile> NewSegment();
  Result<void> WriteInNewSegment(const RecordBody& body);
  // In one write with what is before it.
  Result<void> WriteRecord(SegmentFile& segment, const RecordBody& body, std::string before);
  Result<void> SyncDirectory();

  // Finds the records of the next segment to read.
  Result<void> Load(SegmentFile& segment);
  // None where the record is damaged, which is counted then.
  std::optional<SpooledBatch> Read(SegmentFile& segment, const RecordPlace& record);
  void DeleteIfDone(const SegmentFile& segment);

  Options options_;
  base::FileDescriptor directory_;
  base::FileDescriptor lock_;
  Damage damage_;
  BodyEncoder encoder_;

  std::map<SegmentId, SegmentFile> segments_;  // those with records that wait
  std::optional<SegmentId> writing_;
  uint64_t last_number_ = 0;
  uint64_t documents_before_ = 0;  // of the next record
  bool is_directory_synced_ = true;

  std::optional<SegmentId> reading_;  // or the last that was
  std::deque<RecordPlace> to_read_;   // of it
  std::map<uint64_t, Taken> taken_;   // by ticket
  uint64_t last_ticket_ = 0;
};

}  // namespace espcap::spool

#endif  // ESPCAP_SPOOL_SPOOL_H_
