// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/view_tasks.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "process/child_files.h"
#include "process/memory_budget.h"
#include "process/stop_signals.h"
#include "retrieve/record_time.h"
#include "retrieve/task_process.h"
#include "retrieve/view_plan.h"

namespace espcap::retrieve {
namespace {

using source::FileSource;

struct ViewTable {
  ViewTableHead& head;
  std::span<RecordSlot> slots;

  static ViewTable In(const TaskMemory& memory, uint32_t slots) {
    return {*reinterpret_cast<ViewTableHead*>(memory.data()),
            {reinterpret_cast<RecordSlot*>(memory.data() + sizeof(ViewTableHead)), slots}};
  }
};

// The capture's own process. The answer's text says why not all of it could be read.
Result<std::string> ViewFile(RecordView& view, const ViewTask& task, ViewTable table) {
  auto out = TaskOutput();
  if (!out) return Forward(std::move(out));
  LimitTimeOfRecords();
  process::MemoryBudget memory(task.memory_bytes);
  process::OfferToEndFirst();
  if (auto confined = ConfineTask(view.readable_files()); !confined) {
    return Forward(std::move(confined));
  }
  const std::string name = TextOf(task.capture.name);
  std::optional<std::set<uint64_t>> groups;
  if (view.plan().pair_only) {
    const auto source = OpenTaskInput("-", FileSource::Access::kSequential, name);
    if (source) groups = GroupsOf(**source, table.slots);
    ::lseek(STDIN_FILENO, 0, SEEK_SET);
  }
  const bool two_pass = view.plan().dissection.two_pass;
  auto source = two_pass ? OpenTaskInput(kTaskInput, FileSource::Access::kRandom, name)
                         : OpenTaskInput("-", FileSource::Access::kSequential, name);
  if (!source) return TaskResult(0, source.error().message);
  (*source)->SetOriginPath(name);
  const auto shown = view.Show(**source, table.slots, groups ? &*groups : nullptr, memory,
                               table.head.progress, out->get());
  return TaskResult(0, shown ? std::string() : shown.error().message);
}

Result<std::string> RunView(RecordView& view, const ViewTask& task, TaskFiles files) {
  const auto mapped =
      TaskMemory::Map(files.memory, sizeof(ViewTableHead) + task.count * sizeof(RecordSlot));
  if (!mapped) return tl::unexpected(mapped.error());
  return RunTask(&task.capture, std::move(files),
                 [&] { return ViewFile(view, task, ViewTable::In(*mapped, task.count)); });
}

Result<std::unique_ptr<RecordView>> PrepareView(const std::string& program_path,
                                                const base::FileDescriptor& memory, size_t bytes,
                                                std::vector<std::string>& left_out) {
  const auto mapped = TaskMemory::Map(memory, bytes);
  if (!mapped) return tl::unexpected(mapped.error());
  auto plan = PlanOf(mapped->Rows<const uint8_t>());
  if (!plan) return Forward(std::move(plan));
  return RecordView::Prepare(program_path, std::move(*plan), left_out);
}

// The plan's own process: libwireshark is started in it, once for all files.
void FollowPlan(const process::Channel& channel, const std::string& program_path,
                const base::FileDescriptor& memory, size_t bytes) {
  std::vector<std::string> left_out;
  auto view = PrepareView(program_path, memory, bytes, left_out);
  // libwireshark closes standard input at its start: no capture may get its number.
  process::ReplaceByNull({STDIN_FILENO, STDOUT_FILENO});
  std::string lines;
  for (const std::string& line : left_out) lines += (lines.empty() ? "" : "\n") + line;
  const bool is_told =
      channel.Send(AnswerOf(view ? TaskResult(left_out.size(), lines)
                                 : Result<std::string>(tl::unexpected(view.error()))));
  while (is_told && view) {
    TaskFiles files;
    const auto task = channel.Receive<ViewTask>(&files.input);
    if (!task || task->kind != ViewTask::Kind::kView) return;
    if (!ReceiveTaskFiles(channel, files)) return;
    const auto result = RunView(**view, *task, std::move(files));
    if (!channel.Send(AnswerOf(result))) return;
  }
}

}  // namespace

void ServeViewTasks(const process::Channel& channel,
                    const std::optional<process::Identity>& unprivileged,
                    const std::string& program_path) {
  ::prctl(PR_SET_NAME, "espcap-show");
  process::LeaveStopSignalsToSupervisor();
  const auto ready = PrepareForTasks(unprivileged);
  bool is_told = channel.Send(
      AnswerOf(ready ? TaskResult(0, {}) : Result<std::string>(tl::unexpected(ready.error()))));
  while (is_told && ready) {
    base::FileDescriptor memory;
    const auto task = channel.Receive<ViewTask>(&memory);
    if (!task) return;
    if (task->kind != ViewTask::Kind::kPlan) continue;
    const pid_t maker = ::getpid();
    const pid_t process = ::fork();
    if (process == 0) {
      process::EndWithParent(maker);
      FollowPlan(channel, program_path, memory, task->count);
      ::_exit(0);
    }
    int status = -1;
    while (process > 0 && ::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    // Where it ended by itself, it has answered.
    if (status == 0) continue;
    is_told = channel.Send(
        AnswerOf(Result<std::string>(Fail("the process that dissects died of signal {}",
                                          WIFSIGNALED(status) ? WTERMSIG(status) : 0))));
  }
}

}  // namespace espcap::retrieve
