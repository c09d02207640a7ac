// SPDX-License-Identifier: GPL-2.0-or-later
//
// A capture that is to be dissected, as a message says it. Everyone who can write to the topic can
// write such a message. Pure.
#ifndef ESPCAP_JOBS_CAPTURE_JOB_H_
#define ESPCAP_JOBS_CAPTURE_JOB_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "espcap/result.h"

namespace espcap::jobs {

struct CaptureJob {
  std::string path;          // absolute, where it was enqueued
  uint64_t bytes = 0;        // of the file then
  int64_t modified_ms = 0;   // since the epoch, as Kafka has its times
  int64_t enqueued_ms = 0;   // the same
  uint32_t attempt = 1;      // from 1
  std::string last_failure;  // of the attempt before; empty: there was none
};

// JSON, an object; docs/archives.md describes it.
std::string FormatJob(const CaptureJob& job);

// An error says what is wrong with the message, without its text.
Result<CaptureJob> ParseJob(std::string_view message);

// The message's key, and that of the job's results: what is enqueued twice has one.
std::string KeyOf(const CaptureJob& job);

}  // namespace espcap::jobs

#endif  // ESPCAP_JOBS_CAPTURE_JOB_H_
