// SPDX-License-Identifier: GPL-2.0-or-later
//
// The captures of a run: those that wait, and those under way, each split into the parts that
// workers take. Says what comes next and when a capture is settled; starts nothing itself. One
// thread. A capture and its parts stay at their address until Prune() removes it.
#ifndef ESPCAP_SUPERVISE_CAPTURE_QUEUE_H_
#define ESPCAP_SUPERVISE_CAPTURE_QUEUE_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "base/file_writers.h"
#include "espcap/fingerprint.h"
#include "espcap/sink.h"
#include "process/messages.h"
#include "supervise/death_policy.h"

namespace espcap::supervise {

struct InputFile {
  std::string path;                  // "-": standard input
  bool skip_if_not_capture = false;  // from --dir: skipped where it is no capture
};

// What can be read only once: standard input, a pipe.
[[nodiscard]] bool IsStream(const std::string& path);

struct LiveInterface {
  std::string name;
  uint32_t processes = 1;  // that capture from it
};

struct Capture;
class MessageStream;

// What one worker takes of a capture: all of it, or a shard; of a stream or of live capture, its
// reading (from one interface) or its dissection (of one ring).
struct Part {
  Capture* capture = nullptr;
  process::Job job;
  bool started = false;
  bool ended = false;
  bool awaits_unpacking = false;  // of the file that it is a shard of
  bool complete = false;          // ended without fault and without a stop
  uint64_t bytes_read = 0;
  uint64_t last_record = 0;  // of a document; those that follow have higher ones
  struct {
    uint32_t starts_without_progress = 0;  // in a row
    uint32_t settled_frame = 0;            // at the last one
    uint32_t fatal_frame = 0;              // under dissection then
    bool has_blamed = false;               // a frame
    uint32_t blamed_after = 0;             // the settled frame then
    DeathRate rate;
    Repeated repeated;
  } deaths;
  uint32_t failed_starts = 0;  // in a row
};

struct Capture {
  std::shared_ptr<const std::string> name;
  uint64_t bytes = 0;                      // 0: a stream
  uint64_t packet_limit = 0;               // of all its parts together; 0: none
  bool is_stream = false;                  // it can be read only once
  bool is_from_directory = false;          // found there, not named
  std::optional<Fingerprint> fingerprint;  // of a file's bytes
  base::FileIdentity file;                 // that was hashed
  bool awaits_fingerprint = false;
  std::string hash_failure;     // why it has no fingerprint; empty: it has, or can have none
  bool is_without_ids = false;  // documents of it were given up for that
  bool settled_before = false;  // by an earlier run
  // What was unpacked, in memory; null: it lies on disk.
  std::shared_ptr<const base::FileDescriptor> unpacked;
  // Of a topic's partition; null: it is none.
  std::shared_ptr<MessageStream> messages;
  Capture* archive = nullptr;  // that it comes from
  uint32_t open_members = 0;   // of this archive: they aren't settled
  bool is_damaged = false;     // it, or a member, could not be unpacked, or read to its end
  std::deque<Part> parts;
  std::deque<uint32_t> batches;                 // kept, not yet given to the sink
  uint32_t at_sink = 0;                         // batches there
  Delivery delivery = Delivery::kAcknowledged;  // the worst of its batches so far
  bool has_quarantined = false;  // a document replaces a frame that could not be dissected
  bool faulty = false;           // an error was said of it: its packets may not all be there
  std::string fault;             // the first of these errors, also of what is in this archive
  uint64_t packets = 0;  // that were read, after the capture filter; an archive's: all of them
  // What the run's ledger had as undelivered when a batch of it went into the spool first.
  std::optional<uint64_t> undelivered_at_spooling;

  [[nodiscard]] bool Ended() const;
  // Nothing more comes into its rings.
  [[nodiscard]] bool ReadToItsEnd() const;
  [[nodiscard]] bool Settled() const;
  // Settled, every packet of it read, and delivered or kept.
  [[nodiscard]] bool Complete() const;
  void NoteDelivery(Delivery of_batch, uint64_t undelivered);
  // One of this archive's is settled: the archive is when all are.
  void NoteMember(const Capture& member);
};

class CaptureQueue {
 public:
  struct Options {
    uint32_t shards = 1;  // of every file
    bool ordered = false;
    bool one_by_one = false;  // a capture starts when those before it have ended
    // Whether somebody says the fingerprints of files, and whether nothing is read before.
    enum class Fingerprints : uint8_t { kNone, kMeanwhile, kFirst };
    Fingerprints fingerprints = Fingerprints::kNone;
    uint32_t most_unknown = 1;    // captures whose fingerprint is awaited, at a time
    uint32_t most_unpacking = 1;  // archives at a time; in order always one
  };

  explicit CaptureQueue(Options options) : options_(options) {}

  // Appended together; not ordered and not one by one, the largest come first: the last worker to
  // end isn't one that began a large file late.
  void Add(const std::vector<InputFile>& files);

  // Live: all that comes from these interfaces is one capture, dissected by this number of workers,
  // each with a ring.
  void AddLive(const std::vector<LiveInterface>& interfaces, uint32_t workers);

  // The job of the file, none of a stream, that comes first if nothing is added.
  [[nodiscard]] std::optional<process::Job> FirstFile() const;
  // The part to be started next; null where there is none, or none may start yet.
  Part* Next();
  // Those whose fingerprint is to be found now, each once.
  [[nodiscard]] std::vector<Capture*> DrainUnknown() { return std::exchange(unknown_, {}); }
  // It was found, or there is none. `is_settled`: by an earlier run, so nothing of it is read.
  void SetFingerprint(Capture& capture, const std::optional<Fingerprint>& fingerprint,
                      bool is_settled);
  // A part whose worker is gone before its end: it comes next.
  void PutBack(Part& part) { ready_.push_front(&part); }
  // One of the archive's files, in memory of this many bytes: a capture before the archive itself.
  void AddMember(Capture& archive, const std::string& name, base::FileDescriptor file,
                 uint64_t bytes);

  // Nothing new is started but what streams have read already.
  void Stop();
  // Nothing is started any more.
  void GiveUpReady();

  // Those under way, in order.
  [[nodiscard]] std::list<Capture>& captures() { return captures_; }
  [[nodiscard]] const std::list<Capture>& captures() const { return captures_; }
  // Removes settled captures, each told to `settled` first.
  void Prune(const std::function<void(const Capture&)>& settled);

  // The next part would begin another capture.
  [[nodiscard]] bool NoneReady() const { return ready_.empty(); }
  // Captures that have not begun.
  [[nodiscard]] size_t waiting() const { return waiting_.size(); }
  // Whether it would only read: that takes no processor from the others.
  [[nodiscard]] bool NextOnlyReads() const;
  // How many rings there must be; the jobs of streams and of live capture name theirs, from 0.
  [[nodiscard]] uint32_t rings() const { return rings_; }

  struct Bytes {
    uint64_t done = 0;
    uint64_t total = 0;
  };
  [[nodiscard]] Bytes bytes() const;

 private:
  struct Waiting {
    InputFile file;
    uint64_t bytes;
    bool is_stream;
    uint32_t ring;

    // What all parts of its capture have.
    [[nodiscard]] process::Job Job() const;
  };

  void Begin(Waiting waiting);

  Options options_;
  std::deque<Waiting> waiting_;
  std::list<Capture> captures_;
  std::deque<Part*> ready_;
  std::vector<Capture*> unknown_;
  uint32_t rings_ = 0;
  uint64_t bytes_total_ = 0;
  uint64_t bytes_pruned_ = 0;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_CAPTURE_QUEUE_H_
