// SPDX-License-Identifier: GPL-2.0-or-later
//
// How a run that reads packets of a topic comes on, as plain values.
#ifndef ESPCAP_CONSUME_STATS_H_
#define ESPCAP_CONSUME_STATS_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace espcap {

struct ConsumeStats {
  struct Partition {
    int32_t number = 0;
    uint64_t lag = 0;  // messages that aren't settled, of those that the brokers have
  };
  std::vector<Partition> partitions;  // of this run, at present
  size_t failed_partitions = 0;       // of these, read no further since a document is lost
  size_t waiting_partitions = 0;      // of these, unread: the memory is too small for a session
  uint64_t rebalances = 0;            // of the group, that changed them
  uint64_t messages = 0;              // taken
  uint64_t bytes = 0;                 // of their values
  uint64_t damaged_messages = 0;      // kept as dead letters
  uint64_t deleted_messages = 0;      // by the brokers, before they were read
  uint64_t conversations_cut = 0;  // that sessions knew when their partition went on without them
  // Packets that sensors lost before they were captured: the highest numbers that were seen.
  static constexpr size_t kMostSensors = 1000;
  struct Sensor {
    std::string sensor;
    std::string run;  // what the ids of its packets begin with
    std::string interface;
    auto operator<=>(const Sensor&) const = default;
  };
  std::map<Sensor, uint64_t> lost;
};

}  // namespace espcap

#endif  // ESPCAP_CONSUME_STATS_H_
