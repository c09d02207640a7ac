// SPDX-License-Identifier: GPL-2.0-or-later
//
// The processes that parse captures for `espcap packets`: each file has one, or several small
// captures in memory, and so has the file that is written. They are forked from one that holds no
// credentials, which is started before there are any connections. They get open descriptors, and
// can open nothing else. One thread.
#ifndef ESPCAP_RETRIEVE_PACKET_PROCESSES_H_
#define ESPCAP_RETRIEVE_PACKET_PROCESSES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "process/channel.h"
#include "process/child_process.h"
#include "process/privileges.h"
#include "retrieve/capture_batch.h"
#include "retrieve/capture_input.h"
#include "retrieve/packet_tasks.h"
#include "retrieve/record_slot.h"

namespace espcap::retrieve {

class PacketProcesses {
 public:
  // REQUIRES: one thread, no connection. `unprivileged`: who they become where root starts them.
  // Waits until they are ready; an error says why they can't be, such as a wrong display filter.
  static Result<std::unique_ptr<PacketProcesses>> Start(
      const std::optional<process::Identity>& unprivileged, const Refinement& refinement);
  PacketProcesses(const PacketProcesses&) = delete;
  PacketProcesses& operator=(const PacketProcesses&) = delete;

  // Whether there is a display filter, or conversations are added.
  [[nodiscard]] bool is_refined() const { return is_refined_; }

  struct Copied {
    uint32_t interfaces = 0;
    std::string fault;  // why the file could not be read to its end; empty: it could
  };
  // Appends a section with these records of `capture` to `section`, and says in the slots what
  // became of them. `unpacked`: to which a packed one is unpacked. An error: nothing of this
  // counts. Waits.
  Result<Copied> Copy(const CaptureInput& capture, const base::FileDescriptor& file,
                      const base::FileDescriptor& unpacked, const base::FileDescriptor& section,
                      std::span<RecordSlot> slots);

  // The same of several captures, whose sections are one after another. `file`: all their bytes.
  // REQUIRES: no display filter, no conversations. Waits.
  Result<void> CopyBatch(const base::FileDescriptor& file, const base::FileDescriptor& section,
                         std::vector<CaptureRow>& rows, std::span<RecordSlot> slots);

  struct Merged {
    uint64_t records = 0;
    uint32_t interfaces = 0;
  };
  // Writes the records of all sections by their time. `interfaces`: how many each section has;
  // none: an empty section is written. Waits.
  Result<Merged> Merge(const base::FileDescriptor& sections,
                       const std::vector<uint32_t>& interfaces, const base::FileDescriptor& out);

 private:
  PacketProcesses(process::ChildProcess process, process::Channel channel, bool is_refined)
      : process_(std::move(process)), channel_(std::move(channel)), is_refined_(is_refined) {}

  process::ChildProcess process_;
  process::Channel channel_;
  bool is_refined_;
};

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_PACKET_PROCESSES_H_
