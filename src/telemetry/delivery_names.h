// SPDX-License-Identifier: GPL-2.0-or-later
//
// What metrics and log call the outcomes of requests and the reasons of retries.
#ifndef ESPCAP_TELEMETRY_DELIVERY_NAMES_H_
#define ESPCAP_TELEMETRY_DELIVERY_NAMES_H_

#include <array>
#include <string_view>

#include "espcap/delivery_stats.h"

namespace espcap::telemetry {

// In the order of RequestOutcome and RetryReason.
constexpr std::array<std::string_view, kRequestOutcomes> kOutcomeNames = {
    "answered",   "too_many_requests", "unavailable", "refused",
    "connection", "timeout",           "malformed"};
constexpr std::array<std::string_view, kRetryReasons> kReasonNames = {
    "too_many_requests", "unavailable", "connection", "timeout",
    "malformed",         "too_large",   "blocked",    "item"};

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_DELIVERY_NAMES_H_
