// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the processes of packet_processes.h are told and answer, and the life of the one that forks
// them. Messages between processes: plain data, any number may be in it.
#ifndef ESPCAP_RETRIEVE_PACKET_TASKS_H_
#define ESPCAP_RETRIEVE_PACKET_TASKS_H_

#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "process/channel.h"
#include "process/privileges.h"

namespace espcap::retrieve {

// Comes with the descriptor that is read, if there is one. Two messages follow it, which have
// nothing in them but a descriptor each: what is written to, and the table.
struct PacketTask {
  enum class Kind : uint32_t { kCopy, kMerge };
  Kind kind = Kind::kCopy;
  uint32_t rows = 0;                  // of RecordSlot, or of the number of interfaces (uint32_t)
  std::array<char, PATH_MAX> name{};  // of the file, for messages
};

struct PassedDescriptor {
  uint32_t nothing = 0;
};

struct PacketAnswer {
  uint32_t is_done = 0;           // 0: `text` is an error
  uint64_t count = 0;             // of interfaces, or of records
  std::array<char, 2048> text{};  // of a capture that could not be read to its end: why
};

template <size_t kSize>
std::string TextOf(const std::array<char, kSize>& text) {
  return {text.data(), ::strnlen(text.data(), text.size())};
}

// How records are refined after they are found; an empty filter: they aren't.
struct Refinement {
  std::string program_path;
  std::string display_filter;
};

// Answers that it is ready, or why it can't be. Then forks a process for each task, and waits for
// it. Returns when the other end is gone.
void ServePacketTasks(const process::Channel& channel,
                      const std::optional<process::Identity>& unprivileged,
                      const Refinement& refinement);

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_PACKET_TASKS_H_
