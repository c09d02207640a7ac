// SPDX-License-Identifier: GPL-2.0-or-later
//
// The processes that dissect captures for `espcap show`: each plan has one that has started
// libwireshark, from which one is forked for each file. They come from one that holds no
// credentials, which is started before there are any connections. They get open descriptors, and
// can open nothing else. One thread.
#ifndef ESPCAP_RETRIEVE_VIEW_PROCESSES_H_
#define ESPCAP_RETRIEVE_VIEW_PROCESSES_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "process/channel.h"
#include "process/child_process.h"
#include "process/privileges.h"
#include "retrieve/capture_input.h"
#include "retrieve/record_slot.h"
#include "retrieve/view_plan.h"

namespace espcap::retrieve {

class ViewProcesses {
 public:
  // Called now and then while a file is dissected.
  using OnProgress = std::function<void(uint64_t records, uint64_t bytes)>;

  // REQUIRES: one thread, no connection. `unprivileged`: who they become where root starts them.
  // Waits until they are ready.
  static Result<std::unique_ptr<ViewProcesses>> Start(
      const std::optional<process::Identity>& unprivileged, const std::string& program_path);
  ViewProcesses(const ViewProcesses&) = delete;
  ViewProcesses& operator=(const ViewProcesses&) = delete;

  // From now on it is this one that is followed. Returns what of it isn't: lines of text. An error:
  // it can't be followed. Waits.
  Result<std::string> Follow(const ViewPlan& plan);

  struct Files {
    const base::FileDescriptor& capture;
    const base::FileDescriptor& unpacked;  // to which a packed one is unpacked
    const base::FileDescriptor& out;
  };
  // Writes what is shown of these records of `capture` to `out`, and says in the slots what became
  // of them. Returns why it could not be read to the last of them; empty: it could. Waits.
  // REQUIRES: a plan is followed.
  Result<std::string> View(const CaptureInput& capture, const Files& files,
                           std::span<RecordSlot> slots, const OnProgress& on_progress);

 private:
  ViewProcesses(process::ChildProcess process, process::Channel channel)
      : process_(std::move(process)), channel_(std::move(channel)) {}

  process::ChildProcess process_;
  process::Channel channel_;
  bool follows_ = false;
};

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_VIEW_PROCESSES_H_
