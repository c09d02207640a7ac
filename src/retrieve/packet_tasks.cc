// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/packet_tasks.h"

#include <fmt/format.h>
#include <gcrypt.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "process/child_files.h"
#include "process/forked_task.h"
#include "process/read_confinement.h"
#include "process/shared_file.h"
#include "process/stop_signals.h"
#include "process/syscall_filter.h"
#include "retrieve/capture_reader.h"
#include "retrieve/packet_merger.h"
#include "retrieve/record_filter.h"
#include "source/wiretap_alone.h"

namespace espcap::retrieve {
namespace {

using source::FileSource;

// What a task reads and writes are its standard input and output: ForkedTask leaves these open.
constexpr const char* kInput = "/proc/self/fd/0";

struct Table {
  char* memory = nullptr;
  size_t bytes = 0;

  Table() = default;
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  ~Table() {
    if (memory != nullptr) ::munmap(memory, bytes);
  }

  template <class Row>
  [[nodiscard]] std::span<Row> Rows() const {
    return {reinterpret_cast<Row*>(memory), bytes / sizeof(Row)};
  }
};

Result<void> Confine(std::vector<std::string> readable) {
  readable.emplace_back(kInput);
  if (process::CanConfineReading()) {
    if (auto confined = process::ConfineReading(std::move(readable)); !confined) return confined;
  }
  return process::RestrictSystemCalls(process::Sockets::kNone);
}

Result<base::FileDescriptor> Output() {
  base::FileDescriptor out(::dup(STDOUT_FILENO));
  if (!out.valid()) return Fail("write packets: {}", std::generic_category().message(errno));
  return out;
}

// "count", a line feed, and the rest.
std::string ResultText(uint64_t count, const std::string& text) {
  return fmt::format("{}\n{}", count, text);
}

Result<std::unique_ptr<FileSource>> OpenInput(const char* path, FileSource::Access access,
                                              const std::string& name) {
  auto opened = FileSource::Open(path, access, name);
  if (!opened) return Fail("{}", opened.error().message);
  return std::move(*opened);
}

// By offset where every record says its own, unless the others are needed, too: a large file need
// not be read for a few.
Result<std::unique_ptr<FileSource>> OpenCapture(const std::string& name,
                                                std::span<const RecordSlot> slots, bool needs_all,
                                                bool& by_offset) {
  const bool may_go = !needs_all && process::CanConfineReading() &&
                      std::all_of(slots.begin(), slots.end(),
                                  [](const RecordSlot& slot) { return slot.offset >= 0; });
  if (may_go) {
    auto source = OpenInput(kInput, FileSource::Access::kRandom, name);
    if (source && CanGoByOffset(**source, slots)) {
      by_offset = true;
      return source;
    }
    ::lseek(STDIN_FILENO, 0, SEEK_SET);
  }
  return OpenInput("-", FileSource::Access::kSequential, name);
}

Result<std::string> CopyTask(const PacketTask& task, const Table& table, RecordFilter* filter) {
  auto out = Output();
  if (!out) return Forward(std::move(out));
  std::vector<std::string> readable;
  if (filter != nullptr) {
    readable = filter->readable_files();
    RecordFilter::LimitTimeOfRecords();
  }
  if (auto confined = Confine(std::move(readable)); !confined) return Forward(std::move(confined));
  const auto slots = table.Rows<RecordSlot>();
  bool by_offset = false;
  auto source = OpenCapture(TextOf(task.name), slots, filter != nullptr, by_offset);
  if (!source) return ResultText(0, source.error().message);  // no record can be found
  auto copied = CopyRecords(**source, slots, by_offset, filter, std::move(*out));
  if (!copied) return Forward(std::move(copied));
  return ResultText(copied->interfaces, copied->fault);
}

Result<std::string> MergeTask(const Table& table) {
  auto out = Output();
  if (!out) return Forward(std::move(out));
  if (auto confined = Confine({}); !confined) return Forward(std::move(confined));
  const auto interfaces = table.Rows<const uint32_t>();
  if (interfaces.empty()) {
    if (auto written = WriteEmptySection(std::move(*out)); !written) {
      return Forward(std::move(written));
    }
    return ResultText(0, {});
  }
  auto sections = OpenInput(kInput, FileSource::Access::kRandom, "the packets that were found");
  if (!sections) return Forward(std::move(sections));
  auto records = MergeSections(**sections, interfaces, std::move(*out));
  if (!records) return Forward(std::move(records));
  return ResultText(*records, {});
}

Result<std::string> Run(const PacketTask& task, base::FileDescriptor input,
                        base::FileDescriptor output, const base::FileDescriptor& memory,
                        RecordFilter* filter) {
  Table table;
  const size_t row_bytes =
      task.kind == PacketTask::Kind::kCopy ? sizeof(RecordSlot) : sizeof(uint32_t);
  table.bytes = task.rows * row_bytes;
  if (table.bytes > 0) {
    auto mapped = process::MapShared(memory.get(), table.bytes, PROT_READ | PROT_WRITE);
    if (!mapped) return Forward(std::move(mapped));
    table.memory = *mapped;
  }
  if (input.valid()) ::dup2(input.get(), STDIN_FILENO);
  ::dup2(output.get(), STDOUT_FILENO);
  auto result = process::RunForkedTask([&]() -> Result<std::string> {
    return task.kind == PacketTask::Kind::kCopy ? CopyTask(task, table, filter) : MergeTask(table);
  });
  process::ReplaceByNull({STDIN_FILENO, STDOUT_FILENO});
  return result;
}

PacketAnswer AnswerOf(const Result<std::string>& result) {
  PacketAnswer answer;
  const std::string& text = result ? *result : result.error().message;
  const char* const end = text.data() + text.size();
  size_t start = 0;
  if (result) {
    const auto number = std::from_chars(text.data(), end, answer.count);
    start = number.ptr == end ? text.size() : static_cast<size_t>(number.ptr - text.data()) + 1;
    answer.is_done = number.ec == std::errc() ? 1 : 0;
  }
  text.copy(answer.text.data(), answer.text.size() - 1, start);
  return answer;
}

// The filter, or null where nothing is refined.
Result<std::unique_ptr<RecordFilter>> Prepare(const std::optional<process::Identity>& unprivileged,
                                              const Refinement& refinement) {
  process::ReplaceByNull({STDIN_FILENO, STDOUT_FILENO});
  // The right to read is for files that only root reads: what a task may open is its own input.
  auto ready = process::DropPrivileges(unprivileged, {.reading = process::CanConfineReading()});
  if (ready) ready = process::ForbidSystemCalls();
  if (!ready) return Forward(std::move(ready));
  gcry_check_version(nullptr);  // initialises libgcrypt
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
  const bool is_told = channel.Send(
      AnswerOf(filter ? ResultText(0, {}) : Result<std::string>(tl::unexpected(filter.error()))));
  while (is_told && filter) {
    base::FileDescriptor input;
    base::FileDescriptor output;
    base::FileDescriptor memory;
    const auto task = channel.Receive<PacketTask>(&input);
    if (!task || !channel.Receive<PassedDescriptor>(&output) ||
        !channel.Receive<PassedDescriptor>(&memory)) {
      return;
    }
    const auto result = Run(*task, std::move(input), std::move(output), memory, filter->get());
    if (!channel.Send(AnswerOf(result))) return;
  }
}

}  // namespace espcap::retrieve
