// SPDX-License-Identifier: GPL-2.0-or-later
//
// The capture that a task reads: a file, or what is packed in it, which a process of its own
// unpacks first. Part of messages between processes: plain data.
#ifndef ESPCAP_RETRIEVE_CAPTURE_INPUT_H_
#define ESPCAP_RETRIEVE_CAPTURE_INPUT_H_

#include <array>
#include <climits>
#include <cstdint>
#include <string>

#include "espcap/result.h"
#include "process/forked_task.h"
#include "retrieve/task_process.h"

namespace espcap::retrieve {

// Its descriptor comes with the message. A message of PassedDescriptor follows, with the file that
// it is unpacked to.
struct CaptureInput {
  std::array<char, PATH_MAX> name{};    // as documents name it
  std::array<char, PATH_MAX> member{};  // what of the file it is; empty: the file itself
  uint64_t most_unpacked_bytes = 0;

  // An error: a name is too long.
  static Result<CaptureInput> Of(const std::string& name, const std::string& member,
                                 uint64_t most_unpacked_bytes);
};

// Runs a task in a process of its own, whose standard input is the capture (null: `input` as it
// is), and whose standard output is `output`. `unpacked` is emptied, and holds what a packed
// capture was packed from. REQUIRES: in a process that forks others for its tasks. Waits.
Result<std::string> RunTask(const CaptureInput* capture, TaskFiles files,
                            const process::ForkedTask::Work& work);

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_CAPTURE_INPUT_H_
