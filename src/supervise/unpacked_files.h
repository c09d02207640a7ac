// SPDX-License-Identifier: GPL-2.0-or-later
//
// Memory for what is unpacked: granted to the processes that unpack as there is room for it, and
// closed to all changes before anybody reads it. One thread.
#ifndef ESPCAP_SUPERVISE_UNPACKED_FILES_H_
#define ESPCAP_SUPERVISE_UNPACKED_FILES_H_

#include <cstddef>
#include <cstdint>

#include "espcap/result.h"
#include "supervise/capture_queue.h"
#include "supervise/worker_pool.h"

namespace espcap::supervise {

class UnpackedFiles {
 public:
  struct Options {
    uint64_t file_bytes = 0;  // of one, at most
    uint32_t workers = 1;
    uint64_t packet_limit = 0;  // over all files; with one, they are taken one by one
  };

  // The queue is borrowed.
  UnpackedFiles(Options options, CaptureQueue& captures) : options_(options), captures_(captures) {}

  // A file, or one of its shards, turned out to be packed. The first shard unpacks for all.
  void Await(Part& part);
  // `captured`: packets, so far.
  Result<void> Grant(WorkerPool& workers, bool is_stopped, uint64_t captured);
  // It is a capture from now on. An error: the worker has broken the rules.
  Result<void> Receive(Worker& worker, bool is_whole);

  static bool IsUnpacking(const Worker& worker);
  // Of the file that it unpacks, so far.
  static uint64_t BytesUnpackedBy(const Worker& worker);

  // To a worker that dissects it.
  static void GrantTo(const Worker& worker);
  // The unpacking has ended. What was one compressed file is dissected now.
  void End(Part& part, bool is_complete);

 private:
  [[nodiscard]] bool HasRoom(const WorkerPool& workers) const;

  Options options_;
  CaptureQueue& captures_;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_UNPACKED_FILES_H_
