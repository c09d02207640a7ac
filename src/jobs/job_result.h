// SPDX-License-Identifier: GPL-2.0-or-later
//
// What became of a job, as a message of the topic of results says it. Pure.
#ifndef ESPCAP_JOBS_JOB_RESULT_H_
#define ESPCAP_JOBS_JOB_RESULT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "jobs/capture_job.h"

namespace espcap::jobs {

// Of the group: who has worked on it.
struct Member {
  std::string run;
  std::string sensor;
};

struct JobResult {
  CaptureJob job;
  bool is_done = false;  // else it has failed, for good
  std::string failure;
  uint64_t packets = 0;    // that were read, after the capture filter
  int64_t started_ms = 0;  // since the epoch
  int64_t ended_ms = 0;
};

// JSON, an object.
std::string FormatResult(const JobResult& result, const Member& member);

// Whether it says that the job is done; none where it is no result of a job.
std::optional<bool> ReadResult(std::string_view message);

// A message that nobody works on any more: a job, or what was in its place, and why.
struct DeadLetter {
  std::string message;
  int32_t partition = 0;
  int64_t offset = 0;
  std::string reason;
};
std::string FormatDeadLetter(const DeadLetter& letter, const Member& member);

}  // namespace espcap::jobs

#endif  // ESPCAP_JOBS_JOB_RESULT_H_
