// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/health.h"

#include <fmt/format.h>

#include <algorithm>

namespace espcap::supervise {

HealthState HealthOf(const RunSnapshot& snapshot) {
  HealthState state;
  state.stopping = snapshot.stopping;
  state.rings_unread = snapshot.work.rings_unread;
  if (snapshot.live) {
    const auto& interfaces = snapshot.live->interfaces;
    const auto blind = std::find_if(interfaces.begin(), interfaces.end(),
                                    [](const auto& interface) { return interface.is_blind; });
    if (blind != interfaces.end()) state.blind_interface = blind->name;
  }
  if (snapshot.consumption != nullptr) {
    state.partitions_failed = snapshot.consumption->failed_partitions;
    state.partitions_waiting = snapshot.consumption->waiting_partitions;
    state.messages_deleted = snapshot.consumption->deleted_messages;
  }
  if (snapshot.delivery == nullptr) return state;
  const auto& nodes = snapshot.delivery->nodes;
  state.nodes = nodes.size();
  state.prepared = snapshot.delivery->prepared;
  state.preparation_problem = snapshot.delivery->preparation_problem;
  state.refusal = snapshot.delivery->refusal;
  state.resting_nodes = static_cast<size_t>(
      std::count_if(nodes.begin(), nodes.end(), [](const auto& node) { return node.resting; }));
  state.has_spool = snapshot.delivery->spool.has_value();
  state.spool_full = state.has_spool && snapshot.delivery->spool->full;
  return state;
}

std::string UnhealthyReason(const HealthState& state) {
  if (state.stopping) return "espcap is stopping";
  if (state.rings_unread > 0) {
    return fmt::format(
        "nobody dissects what comes in: {} of the workers have died too often and "
        "wait",
        state.rings_unread);
  }
  if (state.partitions_failed > 0) {
    return fmt::format("partitions are read no further: documents of {} of them are lost",
                       state.partitions_failed);
  }
  if (state.partitions_waiting > 0) {
    return fmt::format(
        "partitions are not read: the memory is too small for sessions of {} of them",
        state.partitions_waiting);
  }
  if (state.messages_deleted > 0) {
    return fmt::format("messages were deleted before they were read: {}", state.messages_deleted);
  }
  if (!state.blind_interface.empty()) {
    return state.blind_interface + ": the link receives packets, and the capture sees none";
  }
  if (state.nodes > 0 && !state.prepared) {
    return "no document is sent before the server is prepared" +
           (state.preparation_problem.empty() ? "" : ": " + state.preparation_problem);
  }
  if (!state.refusal.empty()) return "the server accepts no documents: " + state.refusal;
  if (state.has_spool && state.spool_full) return "the spool accepts no more documents";
  const bool all_rest = state.nodes > 0 && state.resting_nodes == state.nodes;
  if (all_rest && !state.has_spool) {
    return fmt::format("no node can be reached (of {}), and there is no spool", state.nodes);
  }
  return {};
}

}  // namespace espcap::supervise
