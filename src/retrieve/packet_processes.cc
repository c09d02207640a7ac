// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/packet_processes.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "retrieve/packet_tasks.h"
#include "retrieve/task_process.h"

namespace espcap::retrieve {
namespace {

Result<TaskAnswer> Perform(const process::Channel& channel, const PacketTask& task,
                           const LentTaskFiles& files) {
  if (!SendTask(channel, task, files)) return Fail("the process that reads captures has ended");
  return AnswerOn(channel);
}

}  // namespace

Result<std::unique_ptr<PacketProcesses>> PacketProcesses::Start(
    const std::optional<process::Identity>& unprivileged, const Refinement& refinement) {
  auto forked = process::ForkWithChannel([&](const process::Channel& channel) {
    ServePacketTasks(channel, unprivileged, refinement);
  });
  if (!forked) return Forward(std::move(forked));
  if (auto ready = AnswerOn(forked->second); !ready) return Forward(std::move(ready));
  return std::unique_ptr<PacketProcesses>(
      new PacketProcesses(std::move(forked->first), std::move(forked->second),
                          !refinement.display_filter.empty() || refinement.adds_conversations));
}

Result<PacketProcesses::Copied> PacketProcesses::Copy(const CaptureInput& capture,
                                                      const base::FileDescriptor& file,
                                                      const base::FileDescriptor& unpacked,
                                                      const base::FileDescriptor& section,
                                                      std::span<RecordSlot> slots) {
  auto table = ShareBytes(std::as_bytes(slots));
  if (!table) return Forward(std::move(table));
  PacketTask task;
  task.rows = static_cast<uint32_t>(slots.size());
  task.capture = capture;
  auto answer = Perform(channel_, task, {file.get(), section.get(), table->get(), unpacked.get()});
  if (!answer) return Forward(std::move(answer));
  std::vector<RecordSlot> after(slots.size());
  const auto count = ::pread(table->get(), after.data(), slots.size_bytes(), 0);
  if (count != static_cast<ssize_t>(slots.size_bytes())) {
    return Fail("share memory: {}", std::generic_category().message(errno));
  }
  // What was asked for stays as it was asked.
  for (size_t i = 0; i < slots.size(); ++i) slots[i].outcome = after[i].outcome;
  return Copied{static_cast<uint32_t>(answer->count), TextOf(answer->text)};
}

Result<void> PacketProcesses::CopyBatch(const base::FileDescriptor& file,
                                        const base::FileDescriptor& section,
                                        std::vector<CaptureRow>& rows,
                                        std::span<RecordSlot> slots) {
  const auto row_bytes = std::as_writable_bytes(std::span(rows));
  std::vector<std::byte> bytes(row_bytes.begin(), row_bytes.end());
  const auto slot_bytes = std::as_bytes(slots);
  bytes.insert(bytes.end(), slot_bytes.begin(), slot_bytes.end());
  auto table = ShareBytes(bytes);
  if (!table) return Forward(std::move(table));
  PacketTask task;
  task.kind = PacketTask::Kind::kCopyBatch;
  task.rows = static_cast<uint32_t>(slots.size());
  task.captures = static_cast<uint32_t>(rows.size());
  auto answer = Perform(channel_, task, {file.get(), section.get(), table->get()});
  if (!answer) return Forward(std::move(answer));
  const auto count = ::pread(table->get(), bytes.data(), bytes.size(), 0);
  if (count != static_cast<ssize_t>(bytes.size())) {
    return Fail("share memory: {}", std::generic_category().message(errno));
  }
  // What was asked for stays as it was asked.
  const std::byte* next = bytes.data();
  for (CaptureRow& row : rows) {
    CaptureRow after;
    std::memcpy(&after, next, sizeof(after));
    next += sizeof(after);
    row.sections = after.sections;
    row.interfaces = after.interfaces;
    row.fault = after.fault;
  }
  for (RecordSlot& slot : slots) {
    RecordSlot after;
    std::memcpy(&after, next, sizeof(after));
    next += sizeof(after);
    slot.outcome = after.outcome;
  }
  return {};
}

Result<PacketProcesses::Merged> PacketProcesses::Merge(const base::FileDescriptor& sections,
                                                       const std::vector<uint32_t>& interfaces,
                                                       const base::FileDescriptor& out) {
  auto table = ShareBytes(std::as_bytes(std::span(interfaces)));
  if (!table) return Forward(std::move(table));
  PacketTask task;
  task.kind = PacketTask::Kind::kMerge;
  task.rows = static_cast<uint32_t>(interfaces.size());
  auto answer = Perform(channel_, task, {sections.get(), out.get(), table->get()});
  if (!answer) return Forward(std::move(answer));
  const std::string told = TextOf(answer->text);
  Merged merged{answer->count};
  std::from_chars(told.data(), told.data() + told.size(), merged.interfaces);
  return merged;
}

}  // namespace espcap::retrieve
