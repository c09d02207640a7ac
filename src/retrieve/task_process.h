// SPDX-License-Identifier: GPL-2.0-or-later
//
// What processes that read a capture for a task have in common: memory that they share with who
// asked, what they read and write (their standard input and output), their confinement, and an
// answer.
#ifndef ESPCAP_RETRIEVE_TASK_PROCESS_H_
#define ESPCAP_RETRIEVE_TASK_PROCESS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "process/channel.h"
#include "process/privileges.h"
#include "source/file_source.h"

namespace espcap::retrieve {

// ForkedTask leaves standard input and output open.
inline constexpr const char* kTaskInput = "/proc/self/fd/0";

// A message that has nothing in it but a descriptor.
struct PassedDescriptor {
  uint32_t nothing = 0;
};

// What a task reads and writes.
struct TaskFiles {
  base::FileDescriptor input;  // comes with its message; the others follow it in this order
  base::FileDescriptor output;
  base::FileDescriptor memory;    // that it shares with who asked
  base::FileDescriptor unpacked;  // to which a packed capture is unpacked
};

// The same as borrowed numbers; -1: a task has no use for it.
struct LentTaskFiles {
  int input = -1;
  int output = -1;
  int memory = -1;
  int unpacked = -1;
};

// False: the other end is gone.
template <class Task>
bool SendTask(const process::Channel& channel, const Task& task, const LentTaskFiles& files) {
  return channel.Send(task, files.input) && channel.Send(PassedDescriptor(), files.output) &&
         channel.Send(PassedDescriptor(), files.memory) &&
         channel.Send(PassedDescriptor(), files.unpacked);
}
// Of a task that has come with its input.
bool ReceiveTaskFiles(const process::Channel& channel, TaskFiles& files);

struct TaskAnswer {
  uint32_t is_done = 0;           // 0: `text` is an error
  uint64_t count = 0;             // of interfaces, or of records
  std::array<char, 2048> text{};  // of a capture that could not be read to its end: why
};

template <size_t kSize>
std::string TextOf(const std::array<char, kSize>& text) {
  return {text.data(), ::strnlen(text.data(), text.size())};
}

// Mapped; unmapped at its end.
class TaskMemory {
 public:
  static Result<TaskMemory> Map(const base::FileDescriptor& file, size_t bytes);
  TaskMemory() = default;
  TaskMemory(TaskMemory&& other) noexcept : memory_(other.memory_), bytes_(other.bytes_) {
    other.memory_ = nullptr;
  }
  TaskMemory& operator=(TaskMemory&&) = delete;
  ~TaskMemory();

  [[nodiscard]] char* data() const { return memory_; }
  template <class Row>
  [[nodiscard]] std::span<Row> Rows() const {
    return {reinterpret_cast<Row*>(memory_), bytes_ / sizeof(Row)};
  }

 private:
  char* memory_ = nullptr;
  size_t bytes_ = 0;
};

// Memory that another process can map, with these bytes in it.
Result<base::FileDescriptor> ShareBytes(std::span<const std::byte> bytes);

// What was answered, once it is; an error is the task's own, or that there is nobody any more.
Result<TaskAnswer> AnswerOn(const process::Channel& channel);

// Of a process that forks others for its tasks: what no capture needs is given up.
Result<void> PrepareForTasks(const std::optional<process::Identity>& unprivileged);

// Of a process that reads a capture, before it does: it reads its input and these.
Result<void> ConfineTask(std::vector<std::string> readable);
Result<base::FileDescriptor> TaskOutput();
Result<std::unique_ptr<source::FileSource>> OpenTaskInput(const char* path,
                                                          source::FileSource::Access access,
                                                          const std::string& name);

// "count", a line feed, and the rest: what a task's process hands to the one that forked it.
std::string TaskResult(uint64_t count, const std::string& text);
// For who asked.
TaskAnswer AnswerOf(const Result<std::string>& result);

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_TASK_PROCESS_H_
