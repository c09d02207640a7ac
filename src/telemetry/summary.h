// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a run's packets went, in one line.
#ifndef ESPCAP_TELEMETRY_SUMMARY_H_
#define ESPCAP_TELEMETRY_SUMMARY_H_

#include <chrono>
#include <string>

#include "espcap/destination.h"
#include "espcap/ledger.h"

namespace espcap::telemetry {

// "1234 packets captured, 1230 indexed, 4 already there, 0 failed"; rarer outcomes where they
// happened.
std::string FormatLedger(const Ledger& ledger, Destination destination);

// "1234 packets captured, 1230 indexed, 4 already there, 0 failed; 1.50 s, 823 packets/s".
std::string FormatSummary(const Ledger& ledger, Destination destination,
                          std::chrono::duration<double> elapsed);

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_SUMMARY_H_
