// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the processes of packet_processes.h are told and answer, and the life of the one that forks
// them. Messages between processes: plain data, any number may be in it.
#ifndef ESPCAP_RETRIEVE_PACKET_TASKS_H_
#define ESPCAP_RETRIEVE_PACKET_TASKS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "process/channel.h"
#include "process/privileges.h"
#include "retrieve/capture_input.h"

namespace espcap::retrieve {

// Comes with TaskFiles, of which the memory is the table. kCopy alone may have to unpack.
struct PacketTask {
  enum class Kind : uint32_t { kCopy, kCopyBatch, kMerge };
  Kind kind = Kind::kCopy;
  uint32_t rows = 0;      // of RecordSlot, or of the number of interfaces (uint32_t)
  uint32_t captures = 0;  // for kCopyBatch: rows of CaptureRow, before those
  CaptureInput capture;   // for kCopy
};

// What becomes of the records that are found.
struct Refinement {
  std::string program_path;
  std::string display_filter;       // that selects some of them; empty: none
  bool adds_conversations = false;  // the rest of those that they are of, in the same file
};

// Answers that it is ready, or why it can't be. Then forks a process for each task, and waits for
// it. Returns when the other end is gone.
void ServePacketTasks(const process::Channel& channel,
                      const std::optional<process::Identity>& unprivileged,
                      const Refinement& refinement);

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_PACKET_TASKS_H_
