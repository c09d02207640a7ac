// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/view_processes.h"

#include <poll.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "process/memory_budget.h"
#include "retrieve/task_process.h"
#include "retrieve/view_tasks.h"

namespace espcap::retrieve {
namespace {

constexpr int kTickMs = 250;  // between looks at how far it is

void WaitForAnswer(const process::Channel& channel, const ViewProgress& progress,
                   const ViewProcesses::OnProgress& on_progress) {
  pollfd wait{channel.fd(), POLLIN, 0};
  while (::poll(&wait, 1, kTickMs) == 0) on_progress(progress.records, progress.bytes);
}

}  // namespace

Result<std::unique_ptr<ViewProcesses>> ViewProcesses::Start(
    const std::optional<process::Identity>& unprivileged, const std::string& program_path) {
  auto forked = process::ForkWithChannel([&](const process::Channel& channel) {
    ServeViewTasks(channel, unprivileged, program_path);
  });
  if (!forked) return Forward(std::move(forked));
  if (auto ready = AnswerOn(forked->second); !ready) return Forward(std::move(ready));
  return std::unique_ptr<ViewProcesses>(
      new ViewProcesses(std::move(forked->first), std::move(forked->second)));
}

Result<std::string> ViewProcesses::Follow(const ViewPlan& plan) {
  const std::vector<uint8_t> bytes = BytesOf(plan);
  auto memory = ShareBytes(std::as_bytes(std::span(bytes)));
  if (!memory) return Forward(std::move(memory));
  ViewTask task;
  if (std::exchange(follows_, false)) {
    task.kind = ViewTask::Kind::kEnd;
    if (!channel_.Send(task)) return Fail("the process that dissects has ended");
  }
  task.kind = ViewTask::Kind::kPlan;
  task.count = static_cast<uint32_t>(bytes.size());
  if (!channel_.Send(task, memory->get())) return Fail("the process that dissects has ended");
  auto answer = AnswerOn(channel_);
  if (!answer) return Forward(std::move(answer));
  follows_ = true;
  return TextOf(answer->text);
}

Result<std::string> ViewProcesses::View(const CaptureInput& capture, const Files& files,
                                        std::span<RecordSlot> slots,
                                        const OnProgress& on_progress) {
  std::vector<std::byte> table(sizeof(ViewTableHead) + slots.size_bytes());
  std::memcpy(table.data() + sizeof(ViewTableHead), slots.data(), slots.size_bytes());
  auto shared = ShareBytes(table);
  if (!shared) return Forward(std::move(shared));
  auto mapped = TaskMemory::Map(*shared, table.size());
  if (!mapped) return Forward(std::move(mapped));
  ViewTask task;
  task.kind = ViewTask::Kind::kView;
  task.count = static_cast<uint32_t>(slots.size());
  task.memory_bytes = process::ShareOfMemory(1);
  task.capture = capture;
  const LentTaskFiles lent{files.capture.get(), files.out.get(), shared->get(),
                           files.unpacked.get()};
  if (!SendTask(channel_, task, lent)) {
    return Fail("the process that dissects has ended");
  }
  WaitForAnswer(channel_, reinterpret_cast<const ViewTableHead*>(mapped->data())->progress,
                on_progress);
  auto answer = AnswerOn(channel_);
  // What was shown before it died is whole. What was asked for stays as it was asked.
  const auto* after = reinterpret_cast<const RecordSlot*>(mapped->data() + sizeof(ViewTableHead));
  for (size_t i = 0; i < slots.size(); ++i) slots[i].outcome = after[i].outcome;
  return answer ? TextOf(answer->text) : answer.error().message;
}

}  // namespace espcap::retrieve
