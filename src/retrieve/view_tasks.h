// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the processes of view_processes.h are told, and the life of the one that forks them.
// Messages between processes: plain data.
#ifndef ESPCAP_RETRIEVE_VIEW_TASKS_H_
#define ESPCAP_RETRIEVE_VIEW_TASKS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "process/channel.h"
#include "process/privileges.h"
#include "retrieve/capture_input.h"
#include "retrieve/record_slot.h"
#include "retrieve/record_view.h"

namespace espcap::retrieve {

// kPlan comes with memory that holds BytesOf() a plan. kView comes with TaskFiles, of
// which the memory is the table. kEnd: the plan isn't followed any more. kPlan and kView are
// answered.
struct ViewTask {
  enum class Kind : uint32_t { kPlan, kView, kEnd };
  Kind kind = Kind::kPlan;
  uint32_t count = 0;         // of the plan's bytes, or of the table's slots
  uint64_t memory_bytes = 0;  // that a view may take
  CaptureInput capture;       // for kView
};

// How far a view is, and what becomes of its records, which follow it in the same memory.
struct ViewTableHead {
  ViewProgress progress;
};
static_assert(sizeof(ViewTableHead) % alignof(RecordSlot) == 0);

// Answers that it is ready, or why it can't be. Then forks a process for each plan, and that one a
// process for each file. Returns when the other end is gone.
void ServeViewTasks(const process::Channel& channel,
                    const std::optional<process::Identity>& unprivileged,
                    const std::string& program_path);

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_VIEW_TASKS_H_
