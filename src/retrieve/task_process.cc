// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/task_process.h"

#include <fmt/format.h>
#include <gcrypt.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

#include "process/child_files.h"
#include "process/read_confinement.h"
#include "process/shared_file.h"
#include "process/syscall_filter.h"

namespace espcap::retrieve {

using source::FileSource;

Result<TaskMemory> TaskMemory::Map(const base::FileDescriptor& file, size_t bytes) {
  TaskMemory memory;
  if (bytes == 0) return memory;
  auto mapped = process::MapShared(file.get(), bytes, PROT_READ | PROT_WRITE);
  if (!mapped) return Forward(std::move(mapped));
  memory.memory_ = *mapped;
  memory.bytes_ = bytes;
  return memory;
}

TaskMemory::~TaskMemory() {
  if (memory_ != nullptr) ::munmap(memory_, bytes_);
}

Result<base::FileDescriptor> ShareBytes(std::span<const std::byte> bytes) {
  auto file = process::MakeSharedFile("espcap-records", bytes.size());
  if (!file) return file;
  const auto count = ::pwrite(file->get(), bytes.data(), bytes.size(), 0);
  if (count == static_cast<ssize_t>(bytes.size())) return file;
  return Fail("share memory: {}", std::generic_category().message(errno));
}

bool ReceiveTaskFiles(const process::Channel& channel, TaskFiles& files) {
  return channel.Receive<PassedDescriptor>(&files.output) &&
         channel.Receive<PassedDescriptor>(&files.memory) &&
         channel.Receive<PassedDescriptor>(&files.unpacked);
}

Result<TaskAnswer> AnswerOn(const process::Channel& channel) {
  const auto answer = channel.Receive<TaskAnswer>();
  if (!answer) return Fail("the process that reads captures has ended");
  if (answer->is_done == 0) return Fail("{}", TextOf(answer->text));
  return *answer;
}

Result<void> PrepareForTasks(const std::optional<process::Identity>& unprivileged) {
  process::ReplaceByNull({STDIN_FILENO, STDOUT_FILENO});
  // The right to read is for files that only root reads: what a task may open is its own input.
  auto ready = process::DropPrivileges(unprivileged, {.reading = process::CanConfineReading()});
  if (ready) ready = process::ForbidSystemCalls();
  if (!ready) return ready;
  gcry_check_version(nullptr);  // initialises libgcrypt
  return {};
}

Result<void> ConfineTask(std::vector<std::string> readable) {
  readable.emplace_back(kTaskInput);
  if (process::CanConfineReading()) {
    if (auto confined = process::ConfineReading(std::move(readable)); !confined) return confined;
  }
  return process::RestrictSystemCalls(process::Sockets::kNone);
}

Result<base::FileDescriptor> TaskOutput() {
  base::FileDescriptor out(::dup(STDOUT_FILENO));
  if (!out.valid()) return Fail("write packets: {}", std::generic_category().message(errno));
  return out;
}

Result<std::unique_ptr<FileSource>> OpenTaskInput(const char* path, FileSource::Access access,
                                                  const std::string& name) {
  auto opened = FileSource::Open(path, access, name);
  if (!opened) return Fail("{}", opened.error().message);
  return std::move(*opened);
}

std::string TaskResult(uint64_t count, const std::string& text) {
  return fmt::format("{}\n{}", count, text);
}

TaskAnswer AnswerOf(const Result<std::string>& result) {
  TaskAnswer answer;
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

}  // namespace espcap::retrieve
