// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/ledger_members.h"

#include <string>

namespace espcap::app {

nlohmann::json LedgerMembers(const Ledger& ledger) {
  nlohmann::json members = {{"captured", ledger.captured},
                            {"recovered", ledger.recovered},
                            {"cut", ledger.cut},
                            {"quarantined", ledger.quarantined}};
  for (const Ledger::Outcome& outcome : Ledger::kOutcomes) {
    members[std::string(outcome.name)] = ledger.*outcome.packets;
  }
  return members;
}

}  // namespace espcap::app
