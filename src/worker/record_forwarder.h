// SPDX-License-Identifier: GPL-2.0-or-later
//
// One record's way through a worker that forwards: undissected, into the section of its partition,
// and with this into a slot. A slot has all that was accounted for before it, so that the
// worker after this one continues behind a whole slot. Borrows all; one for each job.
#ifndef ESPCAP_WORKER_RECORD_FORWARDER_H_
#define ESPCAP_WORKER_RECORD_FORWARDER_H_

#include <chrono>
#include <cstdint>
#include <set>
#include <string>

#include "espcap/byte_buffer.h"
#include "espcap/result.h"
#include "forward/interface_table.h"
#include "forward/link_packet.h"
#include "forward/section_set.h"
#include "process/messages.h"
#include "process/slot_writer.h"
#include "source/capture_source.h"
#include "worker/worker_options.h"

namespace espcap::worker {

class RecordForwarder {
 public:
  // `slot_bytes`: of a slot. REQUIRES: the job's needs name the partitions.
  RecordForwarder(const WorkerOptions& options, source::CaptureSource& source,
                  const process::Job& job, size_t slot_bytes, process::SlotWriter& out);

  [[nodiscard]] forward::InterfaceTable& interfaces() { return interfaces_; }
  // The source numbers its interfaces anew.
  void RestartInterfaces();

  // The source's current record. An error: the supervisor is gone.
  Result<void> Add(uint32_t frame_number, uint64_t record_number);
  // One that is accounted for without its bytes: `reason` is told.
  Result<void> Fail(uint32_t frame_number, const std::string& reason);
  Result<void> AddDuplicate(uint32_t frame_number);

  // What is there, if something has been for long enough.
  Result<void> HandOverIfDue();
  Result<void> HandOver();

 private:
  using Clock = std::chrono::steady_clock;

  Result<void> Put(uint32_t frame_number, uint64_t record_number,
                   const forward::InterfaceTable::Use& use);
  [[nodiscard]] uint32_t PartitionOf(const wtap_packet_header& packet) const;
  Result<void> CannotHold(uint32_t frame_number, const std::string& what);
  Result<void> Account(uint32_t frame_number, uint64_t process::SlotWriter::Accounted::*outcome);

  const WorkerOptions& options_;
  source::CaptureSource& source_;
  const process::Job& job_;
  process::SlotWriter& out_;
  forward::InterfaceTable interfaces_;
  forward::LinkTypes link_types_;
  forward::SectionSet sections_;
  ByteBuffer packet_options_;
  process::SlotWriter::Accounted accounted_;
  Clock::time_point since_;  // the first of them
  std::set<std::string> told_;
  bool has_met_unsettled_ = false;
};

}  // namespace espcap::worker

#endif  // ESPCAP_WORKER_RECORD_FORWARDER_H_
