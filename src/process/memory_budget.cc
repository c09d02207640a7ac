// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/memory_budget.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace espcap::process {
namespace {

uint64_t Growth(uint64_t from, uint64_t to) { return to - std::min(from, to); }

// The least of the groups that this process is in; none: UINT64_MAX.
uint64_t LimitOfGroups() {
  constexpr const char* kRoot = "/sys/fs/cgroup";
  uint64_t least = UINT64_MAX;
  const auto consider = [&least](const std::filesystem::path& path) {
    uint64_t bytes = 0;
    if (std::ifstream(path) >> bytes) least = std::min(least, bytes);  // "max" is no number
  };
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const bool is_unified = line.starts_with("0::");
    const size_t memory = line.find(":memory:");
    if (!is_unified && memory == std::string::npos) continue;
    std::filesystem::path group = line.substr(line.rfind(':') + 1);
    for (;; group = group.parent_path()) {
      const std::string folder = kRoot + std::string(is_unified ? "" : "/memory") + group.string();
      consider(folder + (is_unified ? "/memory.max" : "/memory.limit_in_bytes"));
      if (group == group.parent_path()) break;
    }
  }
  return least;
}

}  // namespace

bool IsNearLimit(const MemoryUse& at_start, const MemoryUse& now, uint64_t limit) {
  if (limit == 0) return false;
  return Growth(at_start.anonymous, now.anonymous) >= limit / 4 * 3 ||
         Growth(at_start.data, now.data) >= limit / 8 * 7;
}

MemoryBudget::MemoryBudget(uint64_t limit) : at_start_(size_.Read()), limit_(limit) {
  if (limit == 0) return;
  const rlimit bound{at_start_.data + limit, at_start_.data + limit};
  static_cast<void>(::setrlimit(RLIMIT_DATA, &bound));
}

void OfferToEndFirst() {
  constexpr int kMore = 500;
  constexpr int kMax = 1000;
  int present = 0;
  // The file is root's as long as the process isn't dumpable.
  const bool was_dumpable = ::prctl(PR_GET_DUMPABLE) == 1;
  ::prctl(PR_SET_DUMPABLE, 1);
  std::ifstream("/proc/self/oom_score_adj") >> present;
  std::ofstream("/proc/self/oom_score_adj") << std::min(present + kMore, kMax);
  ::prctl(PR_SET_DUMPABLE, was_dumpable ? 1 : 0);
}

uint64_t ShareOfMemory(uint32_t processes) {
  const auto machine = static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                       static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  return std::min(machine, LimitOfGroups()) / 2 / std::max(processes, 1U);
}

}  // namespace espcap::process
