// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/view_plan.h"

#include <nlohmann/json.hpp>

namespace espcap::retrieve {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ViewDissection, preferences, preferences_of_run, decode_as,
                                   enable_protocols, disable_protocols, enable_heuristics,
                                   disable_heuristics, no_name_resolution, name_resolution,
                                   capture_filter, display_filter, two_pass, duplicate_window_ns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ViewShape, hex, typed, ecs, value_strings, columns, timestamp,
                                   depth, bytes, value_bytes, values, list_bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ViewPlan, format, pair_only, dissection, shape, run, sensor,
                                   tags, labels)

// A path on a command line is any bytes: JSON as text would not take them.
std::vector<uint8_t> BytesOf(const ViewPlan& plan) {
  return nlohmann::json::to_cbor(nlohmann::json(plan));
}

Result<ViewPlan> PlanOf(std::span<const uint8_t> bytes) {
  try {
    return nlohmann::json::from_cbor(bytes.begin(), bytes.end()).get<ViewPlan>();
  } catch (const nlohmann::json::exception& error) {
    return Fail("how packets are dissected is not understood: {}", error.what());
  }
}

}  // namespace espcap::retrieve
