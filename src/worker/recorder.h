// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a capture process also writes (--write): into files that the supervisor opens.
#ifndef ESPCAP_WORKER_RECORDER_H_
#define ESPCAP_WORKER_RECORDER_H_

#include <memory>
#include <string>
#include <utility>

#include "live/raw_recorder.h"
#include "process/messages.h"
#include "process/slot_writer.h"

namespace espcap::worker {

// Borrows `options` and `out`.
inline std::unique_ptr<live::RawRecorder> MakeRecorder(const live::RawOptions& options,
                                                       live::RawFile::Interface interface,
                                                       process::SlotWriter& out) {
  return std::make_unique<live::RawRecorder>(
      options, std::move(interface), [&out] { return out.AskForRecording(); },
      [&out](const std::string& message) {
        out.SendLog(process::LogMessage::Level::kError, message);
      });
}

}  // namespace espcap::worker

#endif  // ESPCAP_WORKER_RECORDER_H_
