// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/index_findings.h"

#include <fmt/format.h>

#include <algorithm>

namespace espcap::elasticsearch {
namespace {

using Kind = IndexState::Kind;

bool IsThere(const IndexState& index_state, const OwnTemplate& own) {
  return index_state.composable &&
         std::any_of(index_state.composable->begin(), index_state.composable->end(),
                     [&own](const ListedTemplate& listed) { return listed.name == own.name; });
}

// Whether a new index gets what is as good as espcap's template.
bool GetsOurs(const IndexState& index_state, const OwnTemplate& own) {
  if (index_state.has_template) {
    return *index_state.has_template && index_state.template_fault.empty();
  }
  const ListedTemplate* const winner = index_state.Winner();
  return winner != nullptr && winner->name == own.name;
}

// The administrator's own, for these indices, or one of espcap's for more: it stays in use. Another
// one that is for more isn't about packets.
bool IsTheirs(const ListedTemplate& winner, const IndexState& index_state, const OwnTemplate& own) {
  return winner.name.starts_with("espcap-") || IsMadeFor(winner, index_state.index, own.pattern);
}

std::string InTheWay(const IndexState& index_state, const OwnTemplate& own) {
  const ListedTemplate& winner = *index_state.Winner();
  const std::string fault =
      index_state.has_template ? index_state.template_fault : "its fields can't be asked for";
  std::string message =
      fmt::format("index {}: the template {} (priority {}) decides its fields, not espcap's: {}",
                  index_state.index, winner.name, winner.priority, fault);
  if (winner.name == own.name) return message + "; 'espcap template --install' renews it";
  if (IsMadeFor(winner, index_state.index, own.pattern)) {
    return message + "; 'espcap template --install --template-priority N' goes before it";
  }
  // Ours has its place already, with a lower one.
  return fmt::format(
      "{}; {} has priority {}: 'espcap template --install --template-priority {}' "
      "puts it before",
      message, own.name, own.priority, winner.priority + 1);
}

}  // namespace

InstallPlan PlanInstall(const IndexState& index_state, const OwnTemplate& own) {
  InstallPlan plan;
  if (index_state.kind == Kind::kAlias || index_state.kind == Kind::kDataStream) {
    plan.reason = fmt::format("none: {} is {}", index_state.index,
                              index_state.kind == Kind::kAlias ? "an alias" : "a data stream");
    return plan;
  }
  if (GetsOurs(index_state, own) || IsThere(index_state, own)) {
    plan.reason = "already there";
    return plan;
  }
  const ListedTemplate* const winner = index_state.Winner();
  if (winner != nullptr && IsTheirs(*winner, index_state, own)) {
    plan.reason = "the server's " + winner->name;
    return plan;
  }
  if (!index_state.composable && index_state.has_template == true) {
    plan.reason = "the server's";
    return plan;
  }
  plan.installs = true;
  plan.makes_data_stream = winner != nullptr && winner->makes_data_stream;
  plan.only_if_missing = !index_state.composable;
  return plan;
}

std::vector<std::string> Shortcomings(const IndexState& index_state, const OwnTemplate& own,
                                      bool installed) {
  std::vector<std::string> messages;
  const ListedTemplate* const winner = index_state.Winner();
  const bool asks_new = index_state.kind == Kind::kNone || index_state.kind == Kind::kIndex;
  if (installed) {
    if (winner != nullptr && winner->priority > own.priority) {
      messages.push_back(InTheWay(index_state, own));
    }
    for (const std::string& name : index_state.legacy) {
      messages.push_back(fmt::format(
          "legacy template {}: it applies no longer to {}, since servers prefer {}, a composable "
          "template; --no-template leaves it in place",
          name, own.pattern, own.name));
    }
  } else if (asks_new && !GetsOurs(index_state, own)) {
    if (winner != nullptr) {
      messages.push_back(InTheWay(index_state, own));
    } else if (index_state.has_template == true) {
      messages.push_back(
          fmt::format("index {}: a template of the server's decides its fields, not "
                      "espcap's: {}",
                      index_state.index, index_state.template_fault));
    } else if (index_state.has_template == false && index_state.kind == Kind::kNone) {
      messages.push_back(fmt::format(
          "index {}: no composable template matches it{}; 'espcap template --install' puts "
          "espcap's there",
          index_state.index,
          index_state.legacy.empty()
              ? ""
              : ", and the legacy template " + index_state.legacy.front() + " decides its fields"));
    }
  }
  if (!index_state.write_fault.empty()) {
    messages.push_back(fmt::format(
        "index {}: its fields are not espcap's: {}; only a new index gets those of a template",
        index_state.write_index, index_state.write_fault));
  }
  return messages;
}

std::string Obstacle(const IndexState& index_state, const std::string& pipeline) {
  if (!index_state.has_write_index) {
    return fmt::format(
        "{}: this alias has several indices, and none that is written to; set its "
        "is_write_index",
        index_state.index);
  }
  if (index_state.missing_pipelines.empty()) return {};
  const std::string& missing = index_state.missing_pipelines.front();
  if (missing == pipeline) {
    return fmt::format("--pipeline {}: the server has no ingest pipeline of this name", missing);
  }
  return fmt::format(
      "index {}: its documents go through the ingest pipeline {}, which the server "
      "doesn't have; make it, or name another with --pipeline",
      index_state.index, missing);
}

}  // namespace espcap::elasticsearch
