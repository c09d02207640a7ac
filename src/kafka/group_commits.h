// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a member of a group commits: how far each of its partitions is settled. One thread.
#ifndef ESPCAP_KAFKA_GROUP_COMMITS_H_
#define ESPCAP_KAFKA_GROUP_COMMITS_H_

#include <algorithm>
#include <cstddef>
#include <vector>

#include "kafka/consumer.h"
#include "kafka/error_report.h"
#include "kafka/offset_progress.h"

namespace espcap::kafka {

// `Partitions`: a map by their numbers, each with its OffsetProgress as `progress`.
class GroupCommits {
 public:
  // What is settled and not committed yet.
  template <class Partitions>
  void Send(Consumer& member, Partitions& partitions) {
    if (member.joining().is_joining()) return;
    std::vector<PartitionOffset> offsets;
    for (auto& [number, partition] : partitions) {
      const auto offset = partition.progress.Committable();
      if (!offset) continue;
      offsets.push_back({number, *offset});
      partition.progress.NoteCommitted(*offset);
    }
    if (offsets.empty()) return;
    if (member.Commit(offsets)) {
      ++under_way_;
    } else {
      Forget(partitions);
    }
  }

  // Commits that have ended. One that failed is told, and the next one says the same.
  template <class Partitions, class Warn>
  void Handle(const std::vector<ErrorReport>& ended, Partitions& partitions, const Warn& warn) {
    for (const ErrorReport& commit : ended) {
      under_way_ -= std::min<size_t>(under_way_, 1);
      if (commit.error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      warn("commit: " + commit.reason);
      Forget(partitions);
    }
  }

  // Those that brokers have not answered yet.
  [[nodiscard]] size_t under_way() const { return under_way_; }

 private:
  template <class Partitions>
  static void Forget(Partitions& partitions) {
    for (auto& [number, partition] : partitions) partition.progress.ForgetCommitted();
  }

  size_t under_way_ = 0;
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_GROUP_COMMITS_H_
