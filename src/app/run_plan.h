// SPDX-License-Identifier: GPL-2.0-or-later
//
// How a run dissected its packets, by the document that it has left on the server. That is input
// from outside: everyone who can write to the server can write it. Pure.
#ifndef ESPCAP_APP_RUN_PLAN_H_
#define ESPCAP_APP_RUN_PLAN_H_

#include <string>
#include <string_view>
#include <vector>

#include "espcap/result.h"
#include "retrieve/view_plan.h"

namespace espcap::app {

struct RunPlan {
  retrieve::ViewPlan plan;
  std::string started;       // when the run began; empty: unknown
  std::string libwireshark;  // its version then; empty: unknown
  // What can't be done as then, a line each.
  std::vector<std::string> remarks;
};

// `document`: what the server holds under the run's id; RunDocuments has written it.
Result<RunPlan> ReadRunPlan(std::string_view document);

// Of a run that has left none.
RunPlan UsualPlan(const std::string& run);

}  // namespace espcap::app

#endif  // ESPCAP_APP_RUN_PLAN_H_
