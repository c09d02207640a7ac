// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/packet_tasks.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "process/child_files.h"
#include "process/read_confinement.h"
#include "process/stop_signals.h"
#include "retrieve/capture_batch.h"
#include "retrieve/capture_reader.h"
#include "retrieve/conversations.h"
#include "retrieve/packet_merger.h"
#include "retrieve/record_filter.h"
#include "retrieve/record_time.h"
#include "retrieve/task_process.h"
#include "source/wiretap_alone.h"

namespace espcap::retrieve {
namespace {

using source::FileSource;

// By offset where every record says its own, unless the others are needed, too: a large file need
// not be read for a few.
Result<std::unique_ptr<FileSource>> OpenCapture(const std::string& name,
                                                std::span<const RecordSlot> slots, bool needs_all,
                                                bool& by_offset) {
  const bool may_go = !needs_all && process::CanConfineReading() &&
                      std::all_of(slots.begin(), slots.end(),
                                  [](const RecordSlot& slot) { return slot.offset >= 0; });
  if (may_go) {
    auto source = OpenTaskInput(kTaskInput, FileSource::Access::kRandom, name);
    if (source && CanGoByOffset(**source, slots)) {
      by_offset = true;
      return source;
    }
    ::lseek(STDIN_FILENO, 0, SEEK_SET);
  }
  return OpenTaskInput("-", FileSource::Access::kSequential, name);
}

// In two readings of the whole file.
Result<std::string> CopyWithConversations(const std::string& name, std::span<RecordSlot> slots,
                                          RecordFilter* filter, base::FileDescriptor out) {
  Conversations conversations;
  std::string fault;
  {
    auto source = OpenTaskInput("-", FileSource::Access::kSequential, name);
    if (!source) return TaskResult(0, source.error().message);
    fault = FindConversations(**source, slots, filter, conversations);
  }
  ::lseek(STDIN_FILENO, 0, SEEK_SET);
  auto source = OpenTaskInput("-", FileSource::Access::kSequential, name);
  if (!source) return TaskResult(0, source.error().message);
  auto copied = CopyConversations(**source, slots, conversations, std::move(out));
  if (!copied) return Forward(std::move(copied));
  if (fault.empty()) fault = std::move(copied->fault);
  if (fault.empty() && conversations.is_cut()) {
    fault = fmt::format("they are of more than {} conversations", Conversations::kMost);
  }
  return TaskResult(copied->interfaces, fault);
}

Result<std::string> CopyTask(const PacketTask& task, const TaskMemory& table, RecordFilter* filter,
                             bool adds_conversations) {
  auto out = TaskOutput();
  if (!out) return Forward(std::move(out));
  std::vector<std::string> readable;
  if (filter != nullptr) {
    readable = filter->readable_files();
    LimitTimeOfRecords();
  }
  if (auto confined = ConfineTask(std::move(readable)); !confined) {
    return Forward(std::move(confined));
  }
  const auto slots = table.Rows<RecordSlot>();
  const std::string name = TextOf(task.capture.name);
  if (adds_conversations) return CopyWithConversations(name, slots, filter, std::move(*out));
  bool by_offset = false;
  auto source = OpenCapture(name, slots, filter != nullptr, by_offset);
  if (!source) return TaskResult(0, source.error().message);  // no record can be found
  auto copied = CopyRecords(**source, slots, by_offset, filter, std::move(*out));
  if (!copied) return Forward(std::move(copied));
  return TaskResult(copied->interfaces, copied->fault);
}

// One that can't be read ends none of the others.
Result<void> CopyOfBatch(CaptureRow& row, const base::FileDescriptor& file,
                         std::span<RecordSlot> slots) {
  std::string fault;
  auto source = OpenTaskInput(fmt::format("/proc/self/fd/{}", file.get()).c_str(),
                              FileSource::Access::kSequential, "the capture");
  if (source) {
    auto out = TaskOutput();
    if (!out) return Forward(std::move(out));
    auto copied = CopyRecords(**source, slots, false, nullptr, std::move(*out));
    if (!copied) return Forward(std::move(copied));
    row.sections = 1;
    row.interfaces = copied->interfaces;
    fault = std::move(copied->fault);
  } else {
    fault = std::move(source.error().message);
  }
  fault.copy(row.fault.data(), row.fault.size() - 1);
  return {};
}

Result<std::string> CopyBatchTask(const PacketTask& task, const TaskMemory& table) {
  const auto rows = table.Rows<CaptureRow>().first(task.captures);
  const std::span<RecordSlot> every(reinterpret_cast<RecordSlot*>(rows.data() + rows.size()),
                                    task.rows);
  // libwiretap begins each section where the file begins.
  if (::fcntl(STDOUT_FILENO, F_SETFL, O_APPEND) != 0) {
    return Fail("write packets: {}", std::generic_category().message(errno));
  }
  const auto files = SplitBatch(STDIN_FILENO, rows);
  if (!files) return tl::unexpected(files.error());
  if (auto confined = ConfineTask({}); !confined) return Forward(std::move(confined));
  std::span<RecordSlot> left = every;
  for (size_t i = 0; i < rows.size(); ++i) {
    const size_t slots = std::min<size_t>(rows[i].slots, left.size());
    if (auto copied = CopyOfBatch(rows[i], (*files)[i], left.first(slots)); !copied) {
      return Forward(std::move(copied));
    }
    left = left.subspan(slots);
  }
  return TaskResult(0, {});
}

Result<std::string> MergeTask(const TaskMemory& table) {
  auto out = TaskOutput();
  if (!out) return Forward(std::move(out));
  if (auto confined = ConfineTask({}); !confined) return Forward(std::move(confined));
  const auto interfaces = table.Rows<const uint32_t>();
  if (interfaces.empty()) {
    if (auto written = WriteEmptySection(std::move(*out)); !written) {
      return Forward(std::move(written));
    }
    return TaskResult(0, {});
  }
  auto sections =
      OpenTaskInput(kTaskInput, FileSource::Access::kRandom, "the packets that were found");
  if (!sections) return Forward(std::move(sections));
  const auto merged = MergeSections(**sections, interfaces, std::move(*out));
  if (!merged) return tl::unexpected(merged.error());
  return TaskResult(merged->records, std::to_string(merged->interfaces));
}

Result<std::string> Run(const PacketTask& task, TaskFiles files, RecordFilter* filter,
                        bool adds_conversations) {
  const size_t row_bytes =
      task.kind == PacketTask::Kind::kMerge ? sizeof(uint32_t) : sizeof(RecordSlot);
  const auto table =
      TaskMemory::Map(files.memory, task.captures * sizeof(CaptureRow) + task.rows * row_bytes);
  if (!table) return tl::unexpected(table.error());
  if (task.kind == PacketTask::Kind::kMerge) {
    return RunTask(nullptr, std::move(files), [&table] { return MergeTask(*table); });
  }
  if (task.kind == PacketTask::Kind::kCopyBatch) {
    return RunTask(nullptr, std::move(files), [&] { return CopyBatchTask(task, *table); });
  }
  return RunTask(&task.capture, std::move(files),
                 [&] { return CopyTask(task, *table, filter, adds_conversations); });
}

// The filter, or null where nothing is refined.
Result<std::unique_ptr<RecordFilter>> Prepare(const std::optional<process::Identity>& unprivileged,
                                              const Refinement& refinement) {
  if (auto ready = PrepareForTasks(unprivileged); !ready) return Forward(std::move(ready));
  if (!refinement.display_filter.empty()) {
    return RecordFilter::Prepare(refinement.program_path, refinement.display_filter);
  }
  source::StartWiretapAlone();
  return nullptr;
}

}  // namespace

void ServePacketTasks(const process::Channel& channel,
                      const std::optional<process::Identity>& unprivileged,
                      const Refinement& refinement) {
  ::prctl(PR_SET_NAME, "espcap-packets");
  process::LeaveStopSignalsToSupervisor();
  const auto filter = Prepare(unprivileged, refinement);
  // libwireshark closes standard input at its start: no capture may get its number.
  process::ReplaceByNull({STDIN_FILENO, STDOUT_FILENO});
  const bool is_told = channel.Send(
      AnswerOf(filter ? TaskResult(0, {}) : Result<std::string>(tl::unexpected(filter.error()))));
  while (is_told && filter) {
    TaskFiles files;
    const auto task = channel.Receive<PacketTask>(&files.input);
    if (!task || !ReceiveTaskFiles(channel, files)) return;
    const auto result = Run(*task, std::move(files), filter->get(), refinement.adds_conversations);
    if (!channel.Send(AnswerOf(result))) return;
  }
}

}  // namespace espcap::retrieve
