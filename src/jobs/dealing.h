// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which partition a job is put into. A pure function.
#ifndef ESPCAP_JOBS_DEALING_H_
#define ESPCAP_JOBS_DEALING_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "jobs/capture_job.h"

namespace espcap::jobs {

struct DealtJob {
  CaptureJob job;
  int32_t partition = 0;
};

// The largest first, one after the other to each partition: members that have a part of the
// partitions each have about as much to do, and nobody ends with a large capture.
inline std::vector<DealtJob> Deal(std::vector<CaptureJob> jobs, int32_t partitions) {
  std::stable_sort(jobs.begin(), jobs.end(), [](const CaptureJob& a, const CaptureJob& b) {
    return a.bytes != b.bytes ? a.bytes > b.bytes : a.path < b.path;
  });
  std::vector<DealtJob> dealt;
  dealt.reserve(jobs.size());
  for (CaptureJob& job : jobs) {
    const auto turn = static_cast<int32_t>(dealt.size() % static_cast<size_t>(partitions));
    dealt.push_back({std::move(job), turn});
  }
  return dealt;
}

}  // namespace espcap::jobs

#endif  // ESPCAP_JOBS_DEALING_H_
