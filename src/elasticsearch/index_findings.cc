// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/index_findings.h"

#include <fmt/format.h>

#include <algorithm>

namespace espcap::elasticsearch {
namespace {

using Kind = IndexStanding::Kind;

bool IsThere(const IndexStanding& standing, const OwnTemplate& own) {
  return standing.composable &&
         std::any_of(standing.composable->begin(), standing.composable->end(),
                     [&own](const ListedTemplate& listed) { return listed.name == own.name; });
}

// Whether a new index gets what is as good as espcap's template.
bool GetsOurs(const IndexStanding& standing, const OwnTemplate& own) {
  if (standing.has_template) return *standing.has_template && standing.template_fault.empty();
  const ListedTemplate* const winner = standing.Winner();
  return winner != nullptr && winner->name == own.name;
}

// The administrator's own, for these indices, or one of espcap's for more: it stays in use. Another
// one that is for more isn't about packets.
bool IsTheirs(const ListedTemplate& winner, const IndexStanding& standing, const OwnTemplate& own) {
  return winner.name.starts_with("espcap-") || IsMadeFor(winner, standing.index, own.pattern);
}

std::string InTheWay(const IndexStanding& standing, const OwnTemplate& own) {
  const ListedTemplate& winner = *standing.Winner();
  const std::string fault =
      standing.has_template ? standing.template_fault : "its fields can't be asked for";
  std::string message =
      fmt::format("index {}: the template {} (priority {}) decides its fields, not espcap's: {}",
                  standing.index, winner.name, winner.priority, fault);
  if (winner.name == own.name) return message + "; 'espcap template --install' renews it";
  if (IsMadeFor(winner, standing.index, own.pattern)) {
    return message + "; 'espcap template --install --template-priority N' goes before it";
  }
  // Ours has its place already, with a lower one.
  return fmt::format(
      "{}; {} has priority {}: 'espcap template --install --template-priority {}' "
      "puts it before",
      message, own.name, own.priority, winner.priority + 1);
}

}  // namespace

InstallPlan PlanInstall(const IndexStanding& standing, const OwnTemplate& own) {
  InstallPlan plan;
  if (standing.kind == Kind::kAlias || standing.kind == Kind::kDataStream) {
    plan.reason = fmt::format("none: {} is {}", standing.index,
                              standing.kind == Kind::kAlias ? "an alias" : "a data stream");
    return plan;
  }
  if (GetsOurs(standing, own) || IsThere(standing, own)) {
    plan.reason = "already there";
    return plan;
  }
  const ListedTemplate* const winner = standing.Winner();
  if (winner != nullptr && IsTheirs(*winner, standing, own)) {
    plan.reason = "the server's " + winner->name;
    return plan;
  }
  if (!standing.composable && standing.has_template == true) {
    plan.reason = "the server's";
    return plan;
  }
  plan.installs = true;
  plan.makes_data_stream = winner != nullptr && winner->makes_data_stream;
  plan.only_if_missing = !standing.composable;
  return plan;
}

std::vector<std::string> Shortcomings(const IndexStanding& standing, const OwnTemplate& own,
                                      bool installed) {
  std::vector<std::string> messages;
  const ListedTemplate* const winner = standing.Winner();
  const bool asks_new = standing.kind == Kind::kNone || standing.kind == Kind::kIndex;
  if (installed) {
    if (winner != nullptr && winner->priority > own.priority) {
      messages.push_back(InTheWay(standing, own));
    }
    for (const std::string& name : standing.legacy) {
      messages.push_back(fmt::format(
          "legacy template {}: it applies no longer to {}, since servers prefer {}, a composable "
          "template; --no-template leaves it in place",
          name, own.pattern, own.name));
    }
  } else if (asks_new && !GetsOurs(standing, own)) {
    if (winner != nullptr) {
      messages.push_back(InTheWay(standing, own));
    } else if (standing.has_template == true) {
      messages.push_back(
          fmt::format("index {}: a template of the server's decides its fields, not "
                      "espcap's: {}",
                      standing.index, standing.template_fault));
    } else if (standing.has_template == false && standing.kind == Kind::kNone) {
      messages.push_back(fmt::format(
          "index {}: no composable template matches it{}; 'espcap template --install' puts "
          "espcap's there",
          standing.index,
          standing.legacy.empty()
              ? ""
              : ", and the legacy template " + standing.legacy.front() + " decides its fields"));
    }
  }
  if (!standing.write_fault.empty()) {
    messages.push_back(fmt::format(
        "index {}: its fields are not espcap's: {}; only a new index gets those of a template",
        standing.write_index, standing.write_fault));
  }
  return messages;
}

std::string Obstacle(const IndexStanding& standing, const std::string& pipeline) {
  if (!standing.has_write_index) {
    return fmt::format(
        "{}: this alias has several indices, and none that is written to; set its "
        "is_write_index",
        standing.index);
  }
  if (standing.missing_pipelines.empty()) return {};
  const std::string& missing = standing.missing_pipelines.front();
  if (missing == pipeline) {
    return fmt::format("--pipeline {}: the server has no ingest pipeline of this name", missing);
  }
  return fmt::format(
      "index {}: its documents go through the ingest pipeline {}, which the server "
      "doesn't have; make it, or name another with --pipeline",
      standing.index, missing);
}

}  // namespace espcap::elasticsearch
