// SPDX-License-Identifier: GPL-2.0-or-later
//
// How a run's packets are dissected once more, and what is shown of them. Plain values, as bytes
// for the process that does it.
#ifndef ESPCAP_RETRIEVE_VIEW_PLAN_H_
#define ESPCAP_RETRIEVE_VIEW_PLAN_H_

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "espcap/result.h"

namespace espcap::retrieve {

enum class ViewFormat : uint8_t { kDetails, kDocuments, kColumns };

struct ViewDissection {
  std::vector<std::string> preferences;         // the user's own
  std::vector<std::string> preferences_of_run;  // from outside
  std::vector<std::string> decode_as;
  std::vector<std::string> enable_protocols;
  std::vector<std::string> disable_protocols;
  std::vector<std::string> enable_heuristics;
  std::vector<std::string> disable_heuristics;
  bool no_name_resolution = false;
  std::string name_resolution;  // letters; empty: as usual
  std::string capture_filter;
  std::string display_filter;
  bool two_pass = false;
  int64_t duplicate_window_ns = -1;  // -1: duplicates are dissected, too
};

struct ViewShape {
  bool hex = false;
  bool typed = false;
  bool ecs = false;
  bool value_strings = false;
  bool columns = false;
  bool timestamp = false;  // as a data stream wants it
  uint32_t depth = 450;
  uint64_t bytes = uint64_t{1} << 20U;
  uint64_t value_bytes = 0;
  uint32_t values = UINT32_MAX;
  uint64_t list_bytes = UINT64_MAX;
};

struct ViewPlan {
  ViewFormat format = ViewFormat::kDetails;
  bool pair_only = false;
  ViewDissection dissection;
  ViewShape shape;
  // What documents say of where they come from.
  std::string run;
  std::string sensor;
  std::vector<std::string> tags;
  std::vector<std::pair<std::string, std::string>> labels;
};

std::vector<uint8_t> BytesOf(const ViewPlan& plan);
// REQUIRES: BytesOf() has made them; an error else.
Result<ViewPlan> PlanOf(std::span<const uint8_t> bytes);

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_VIEW_PLAN_H_
