// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/run_plans.h"

#include <algorithm>
#include <utility>

#include "app/server_query.h"
#include "elasticsearch/elasticsearch.h"

namespace espcap::app {
namespace {

constexpr long kOk = 200;
constexpr long kNotFound = 404;

// As espcap makes them: a document can name anything.
bool IsRunId(const std::string& run) {
  constexpr size_t kMostDigits = 64;
  return !run.empty() && run.size() <= kMostDigits &&
         run.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Result<RunPlan> FetchRunPlan(QueriedServer& server, const std::string& run) {
  if (!IsRunId(run)) return UsualPlan(run);
  auto answer = server.client->Perform(server.node, {"GET", "/espcap-runs/_source/" + run});
  if (!answer) return Forward(std::move(answer));
  if (answer->status == kNotFound) return UsualPlan(run);
  if (answer->status != kOk) {
    return Fail(
        "read the document of run {}: {} ({}); the privilege 'read' on espcap-runs allows it", run,
        answer->status, elasticsearch::ReasonOf(*answer));
  }
  auto plan = ReadRunPlan(answer->body);
  if (!plan) return Fail("run {}: {}", run, plan.error().message);
  plan->plan.run = run;
  return plan;
}

}  // namespace

Result<std::vector<RunPlan>> FetchRunPlans(const cli::ServerSettings& settings,
                                           const std::set<std::string>& runs) {
  std::vector<RunPlan> plans;
  if (runs.empty()) return plans;
  auto server = FindServer(settings);
  if (!server) return Forward(std::move(server));
  for (const std::string& run : runs) {
    auto plan = FetchRunPlan(*server, run);
    if (!plan) return Forward(std::move(plan));
    plans.push_back(std::move(*plan));
  }
  std::stable_sort(plans.begin(), plans.end(),
                   [](const RunPlan& a, const RunPlan& b) { return a.started < b.started; });
  return plans;
}

}  // namespace espcap::app
