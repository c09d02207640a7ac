// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the program's processes say to one another.
#ifndef ESPCAP_PROCESS_MESSAGES_H_
#define ESPCAP_PROCESS_MESSAGES_H_

#include <sys/types.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdint>
#include <string_view>

#include "espcap/document_needs.h"
#include "process/frame_faults.h"

namespace espcap::process {

// Something for the log.
struct LogMessage {
  enum class Level : uint32_t { kError, kWarning, kInfo, kVerbose };

  Level level = Level::kInfo;
  uint32_t length = 0;
  std::array<char, 2048> text{};

  static LogMessage Of(Level level, std::string_view message) {
    LogMessage log_message;
    log_message.level = level;
    log_message.length =
        static_cast<uint32_t>(message.copy(log_message.text.data(), log_message.text.size()));
    return log_message;
  }
  [[nodiscard]] std::string_view Text() const {
    return {text.data(), std::min<size_t>(length, text.size())};
  }
};

// One capture, or a part of one.
struct Job {
  enum class Role : uint32_t {
    kFile,             // reads and dissects a file, or one of its shards
    kUnpack,           // unpacks an archive's files, or what a compressed file holds
    kReadStream,       // reads what can be read once into a ring
    kCapture,          // captures from an interface into the rings
    kDissectStream,    // dissects what comes out of the ring
    kDissectMessages,  // dissects captures that it is given one after another, as one stream
  };

  // The others read, and leave the processor to it.
  [[nodiscard]] bool Dissects() const { return role == Role::kFile || DissectsStream(); }
  // What can be read once: those before aren't dissected again.
  [[nodiscard]] bool DissectsStream() const {
    return role == Role::kDissectStream || role == Role::kDissectMessages;
  }
  [[nodiscard]] bool UsesRing() const {
    return role == Role::kReadStream || role == Role::kCapture || role == Role::kDissectStream;
  }
  // A name that is longer than any file's can be is cut: it can't be opened, which is told then.
  void SetPath(std::string_view name) {
    const size_t length = name.copy(path.data(), path.size() - 1);
    path.at(length) = '\0';
  }

  Role role = Role::kFile;
  std::array<char, PATH_MAX> path{};  // of a file; an interface's name
  uint32_t interface = 0;             // its id
  uint32_t fanout_index = 0;          // which of those that capture from it
  bool is_later = false;              // another process has captured before, or waited
  bool skip_if_not_capture = false;   // skipped where it is no capture
  bool is_unpacked = false;           // a GrantedFile has its bytes
  bool is_from_directory = false;     // found there, or in an archive that was
  uint32_t ring = 0;                  // of a stream
  uint32_t shard = 0;
  uint32_t shards = 1;
  uint64_t file_bytes = 0;     // when the run came to it
  uint32_t settled_frame = 0;  // frames up to here were taken by an earlier worker
  uint32_t worker_index = 0;   // which of the workers at one time
  uint64_t memory_bytes = 0;   // that it may use; 0: what the run's options say
  // Of a file: what is settled isn't dissected again for what follows from it.
  bool is_fresh = false;
  uint32_t session = 1;         // which of the sessions that know nothing of each other
  uint32_t careful_frames = 0;  // those handed over one by one, since a worker went wrong
  bool keeps_faults = false;    // frames that are to blame are kept in a file each
  FrameFaults faults;
  uint64_t packet_limit = 0;  // 0: none
  DocumentNeeds needs;
  // What the worker before has left; made by the supervisor from what it has checked.
  struct Continuation {
    uint64_t documents = 0;
    uint32_t last_frame = 0;  // of the last document
    int64_t last_seconds = 0;
    int32_t last_nanoseconds = 0;
  };
  Continuation continuation;
};

// Supervisor to zygote.
struct ZygoteRequest {
  enum class Kind : uint32_t {
    kFork,    // a worker for `job`; its end of the channel comes with it
    kSignal,  // to a worker, as long as it is one
    kReply    // by a process of its own; the pipe for it comes with this
  };

  Kind kind = Kind::kFork;
  pid_t process = 0;
  int signal = 0;
  Job job;
};

// Zygote to supervisor.
struct WorkerReport {
  enum class Kind : uint32_t { kStarted, kEnded };

  Kind kind = Kind::kStarted;
  pid_t process = 0;
  int wait_status = 0;  // kEnded: waitpid's
  int error = 0;        // errno, where none could be started: its process is -1 then
};

// How a worker came to its end.
enum class Outcome : uint32_t {
  kComplete,             // all of the part, without fault
  kPartial,              // a fault in it (told by a note), or a stop
  kSessionLimitReached,  // a stream goes on, with a fresh session
  kInterfaceBack,        // an interface was gone and is there again: it must be opened anew
  kPacked,               // a file, or one of its shards, that must be unpacked first
  kUnreadable            // nothing of it could be read, though it should be a capture
};

// Worker to supervisor.
struct WorkerMessage {
  enum class Kind : uint32_t {
    kWantsSlot,  // waits for a GrantedSlot
    kSlotReady,  // the slot that it was granted is handed over; it wants another one
    kLogMessage,
    kWantsFile,  // for raw packets, the frame, or with what was unpacked; waits for a GrantedFile
    kMember,     // of an archive, by its name: waits for a GrantedFile to unpack it to
    kUnpacked,   // it is there; its outcome says whether all of it
    kOpened,     // its interface; or a message says why not
    kAwaits,     // its interface, which isn't there
    kLinkType,  // the capture filter fits one that is there; or a message names it and says why not
    kLost,      // of the message that it reads: what its log message's interface has lost
    kWantsMessage,  // the one that it was given is read: waits for a GrantedMessage
    kDone           // nothing more follows; every slot is handed over
  };

  Kind kind = Kind::kDone;
  Outcome outcome = Outcome::kComplete;
  uint32_t frame_number = 0;  // kWantsFile, of a worker that dissects
  // kWantsMessage, of the one before: its log message says what is wrong with it, if anything.
  uint32_t frames = 0;   // that the capture filter took
  uint32_t records = 0;  // that it has, as far as it could be read
  // kLost: packets, since that capture's start. kDone, of messages: conversations of its session.
  uint64_t count = 0;
  LogMessage log_message;
};

// Supervisor to worker.
struct GrantedSlot {
  uint32_t slot = 0;  // of the worker's own
};
// A descriptor comes with it where it is open.
struct GrantedFile {
  bool is_open = false;
  std::array<char, PATH_MAX> path{};  // of a recording
};

// To a worker that waits for a message.
struct GrantedMessage {
  enum class Kind : uint32_t {
    kNone,    // nothing more follows
    kMemory,  // none yet: what its session may use has changed
    kMessage  // a capture, whose bytes come with it as a file
  };

  Kind kind = Kind::kNone;
  uint64_t memory_bytes = 0;  // that its session may use from now on; 0: as at its start
  uint64_t sequence = 0;      // its number among those of its partition's worker, from 1
  uint32_t first_frame = 0;   // the number of its first frame
  uint32_t packets = 0;       // that it should have; 0: it isn't known
  int32_t partition = 0;
  int64_t offset = 0;
};
// The next thing after it: a file with these texts one after another.
struct GrantedOrigin {
  uint32_t sensor_bytes = 0;   // who captured; none: the run itself is the sensor
  uint32_t file_bytes = 0;     // by which documents name the capture file; none: there is none
  uint32_t records_bytes = 0;  // numbers of the packets' records there (record_numbers.h)
};
}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_MESSAGES_H_
