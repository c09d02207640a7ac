// SPDX-License-Identifier: GPL-2.0-or-later
//
// A ledger as JSON, each counter under its own name: for documents and messages about runs. Pure.
#ifndef ESPCAP_APP_LEDGER_MEMBERS_H_
#define ESPCAP_APP_LEDGER_MEMBERS_H_

#include <nlohmann/json.hpp>

#include "espcap/ledger.h"

namespace espcap::app {

nlohmann::json LedgerMembers(const Ledger& ledger);

}  // namespace espcap::app

#endif  // ESPCAP_APP_LEDGER_MEMBERS_H_
