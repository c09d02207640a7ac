// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a batch goes that was captured while the server is as it is. Pure functions.
#ifndef ESPCAP_SINK_PLACEMENT_H_
#define ESPCAP_SINK_PLACEMENT_H_

#include <cstdint>

namespace espcap::sink {

enum class ServerState : uint8_t {
  kReady,  // it takes a batch now
  kBusy,   // it has as many as it should
  kAway,   // no node of it answers
};

// Whether the source of the batches can wait.
enum class WhenFull : uint8_t {
  kBlock,       // files: they stay where they are
  kDropNewest,  // an interface: what isn't taken is lost
};

enum class Placement : uint8_t { kServer, kSpool, kWait };

// A busy server is waited for, if that costs nothing; one that is away takes no one's time, as long
// as there is a spool.
constexpr Placement Place(ServerState server, WhenFull when_full) {
  switch (server) {
    case ServerState::kReady:
      return Placement::kServer;
    case ServerState::kBusy:
      return when_full == WhenFull::kBlock ? Placement::kWait : Placement::kSpool;
    case ServerState::kAway:
      return Placement::kSpool;
  }
  return Placement::kWait;
}

// The same where the order must stay: what is older goes first, and what is on disk is older.
struct LineState {
  bool is_spool_empty = true;   // nothing of it is left to be sent, and nothing on the way there
  bool is_diverted = false;     // the server is away, or too slow: all goes by the disk
  bool server_has_own = false;  // batches that were not on disk, and may have to go there first
};
constexpr Placement PlaceInOrder(ServerState server, WhenFull when_full, LineState line) {
  const bool is_away = server == ServerState::kAway;
  if ((line.is_diverted || is_away) && line.server_has_own) return Placement::kWait;
  if (is_away) return Placement::kSpool;
  const bool is_live = when_full == WhenFull::kDropNewest;
  if (is_live && (line.is_diverted || !line.is_spool_empty)) return Placement::kSpool;
  const bool is_next = line.is_spool_empty && server == ServerState::kReady;
  return is_next ? Placement::kServer : Placement::kWait;
}

// Whether all goes by the disk from now on. What was so ends when nothing that is older than a
// batch of the server's is on disk, or has come back to wait.
constexpr bool IsDiverted(bool is_away_or_slow, bool any_waits, LineState line) {
  if (is_away_or_slow) return true;
  const bool is_sent = line.is_spool_empty && !(any_waits && line.server_has_own);
  return line.is_diverted && !is_sent;
}

}  // namespace espcap::sink

#endif  // ESPCAP_SINK_PLACEMENT_H_
