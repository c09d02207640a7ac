// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether a run does its duty: it delivers, or keeps what it can't deliver. Pure.
#ifndef ESPCAP_SUPERVISE_HEALTH_H_
#define ESPCAP_SUPERVISE_HEALTH_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "espcap/run_snapshot.h"

namespace espcap::supervise {

struct HealthState {
  bool stopping = false;
  size_t nodes = 0;  // 0: documents go to no server
  size_t resting_nodes = 0;
  bool has_spool = false;
  bool spool_full = false;
  bool prepared = true;                  // the server: before, no document leaves
  std::string refusal = {};              // why the server accepts no documents; empty: it does
  std::string blind_interface = {};      // the link receives packets, and the capture sees none
  std::string preparation_problem = {};  // why it isn't; empty: nothing is known yet
  size_t rings_unread = 0;
  size_t partitions_failed = 0;   // of a topic: unread since a document is lost
  size_t partitions_waiting = 0;  // of a topic: unread for want of memory
  uint64_t messages_deleted = 0;  // of a topic, before they were read
};

HealthState HealthOf(const RunSnapshot& snapshot);

// Empty: healthy.
std::string UnhealthyReason(const HealthState& state);

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_HEALTH_H_
