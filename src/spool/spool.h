// SPDX-License-Identifier: GPL-2.0-or-later
//
// Batches that wait on disk while their server is away or slow. Lives in the supervisor, used by
// one thread, and is opened after the zygote is forked: a child that had its lock would keep it.
//
// A batch is one record in a segment file; FORMAT.md says how they look. Append() is one write(2):
// what it has returned from outlives any end of the process. What a finished segment holds, and
// what was appended before Sync(), outlives a power failure too. A record that is settled is marked
// so, and a segment whose records all are is deleted. Memory is held for the batches that were
// taken and not settled, and some hundred bytes for each segment.
#ifndef ESPCAP_SPOOL_SPOOL_H_
#define ESPCAP_SPOOL_SPOOL_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "espcap/batch.h"
#include "espcap/compression.h"
#include "espcap/result.h"

namespace espcap::spool {

struct Options {
  std::string directory;
  uint64_t max_bytes = uint64_t{1} << 30U;  // of all segments; what is there already may be more
  uint64_t segment_bytes = uint64_t{16} << 20U;  // at most; less where max_bytes is small
};

// What could not be read back. The bytes are kept in DIR/damaged, and each place was reported.
struct Loss {
  uint64_t documents = 0;  // as the record itself or what follows it tells
  uint64_t bytes = 0;
  uint64_t uncounted = 0;  // places of which nothing tells how many documents they held
};

// A batch read back. It owns what it holds.
struct SpooledBatch {
  uint64_t ticket = 0;
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
  // Told of what is damaged, what it cost, and where it is kept.
  using Report = std::function<void(const std::string& message)>;

  // Makes the directory (0700) where it is missing, locks it until this object ends, and looks
  // through what earlier runs have left: a cut-off end and damaged places are put aside and
  // counted. The newest segment, the only one that a crash can have torn, is checked to the last
  // byte; the others' records are when Next() comes to them. Errors: the directory can't be used,
  // another espcap has it, a segment is of a format that this version doesn't know.
  static Result<std::unique_ptr<Spool>> Open(Options options, Report report);

  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  virtual ~Spool() = default;

  // False where it finds no room within max_bytes: nothing is written then. After an error (a full
  // disk) nothing of the batch will ever be read back, and a later call can succeed.
  // REQUIRES: !batch.empty(), spans within the text.
  [[nodiscard]] virtual Result<bool> Append(const Batch& batch) = 0;

  // The oldest batch that has not been given out in this run. One that turns out to be damaged is
  // reported, counted and passed over. An error is one of the moment (no file descriptor, no
  // memory): the next call tries the same batch again.
  [[nodiscard]] virtual Result<std::optional<SpooledBatch>> Next() = 0;

  // Each document of the batch has its outcome, and what had to be written of it (dead letters) is
  // on disk. A crash before the mark is on disk sends the batch once more: ids make that harmless.
  virtual void Settle(uint64_t ticket) = 0;

  // What was appended outlives a power failure once this has returned.
  [[nodiscard]] virtual Result<void> Sync() = 0;

  // Of all segments: what counts against max_bytes.
  [[nodiscard]] virtual uint64_t bytes() const = 0;
  // Neither settled nor lost, whether given out or not. After Open(): what earlier runs left.
  [[nodiscard]] virtual uint64_t documents() const = 0;
  // Whether Next() has something to look at.
  [[nodiscard]] virtual bool has_next() const = 0;

  // Damaged records.
  [[nodiscard]] virtual const Loss& lost() const = 0;
  // Cut off at the end of the newest segment: an Append() that a crash interrupted, or that no
  // Sync() had followed before a power failure.
  [[nodiscard]] virtual const Loss& torn() const = 0;

 protected:
  Spool() = default;
};

}  // namespace espcap::spool

#endif  // ESPCAP_SPOOL_SPOOL_H_
