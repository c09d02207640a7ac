// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/run_documents.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/ledger_members.h"
#include "base/event_loop.h"
#include "elasticsearch/elasticsearch.h"
#include "espcap/exit_status.h"
#include "http/blocking_client.h"
#include "process/stop_signals.h"

namespace espcap::app {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* kIndex = "/espcap-runs";
constexpr milliseconds kTimeout{10'000};
constexpr milliseconds kLastTimeout{2'000};
constexpr milliseconds kLook{100};  // at whether an answer has come
constexpr milliseconds kRetry{10'000};

std::string Now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

// What is searched; the rest serves a reader of the document.
std::string IndexBody() {
  json properties;
  for (const char* word : {"run", "sensor", "tags", "state", "host"}) {
    properties[word] = {{"type", "keyword"}};
  }
  for (const char* time : {"@timestamp", "started", "ended"}) properties[time] = {{"type", "date"}};
  for (const char* version : {"espcap", "libwireshark"}) {
    properties["versions"]["properties"][version] = {{"type", "keyword"}};
  }
  properties["exit_status"] = {{"type", "long"}};
  json& ledger = properties["ledger"]["properties"];
  ledger["captured"] = {{"type", "long"}};
  for (const Ledger::Outcome& outcome : Ledger::kOutcomes) {
    ledger[std::string(outcome.name)] = {{"type", "long"}};
  }
  properties["lost"] = {{"type", "long"}};
  return json{{"mappings", {{"dynamic", false}, {"properties", std::move(properties)}}}}.dump();
}

// By the place where they were lost.
json InterfacesOf(const LiveStats& live) {
  json interfaces = json::array();
  for (const InterfaceStats& interface : live.interfaces) {
    interfaces.push_back({{"name", interface.name},
                          {"received", interface.received},
                          {"bytes", interface.bytes},
                          {"kernel_dropped", interface.kernel_dropped},
                          {"interface_dropped", interface.interface_dropped},
                          {"ring_dropped", interface.ring_dropped},
                          {"duplicates", interface.duplicates}});
  }
  return interfaces;
}

// What sensors lost before their packets came to the topic.
json SensorsOf(const ConsumeStats& consumption) {
  json sensors = json::array();
  for (const auto& [place, packets] : consumption.lost) {
    sensors.push_back({{"sensor", place.sensor},
                       {"run", place.run},
                       {"interface", place.interface},
                       {"lost", packets}});
  }
  return sensors;
}

std::string BodyOf(const std::string& description, const std::string& started,
                   const RunSnapshot& run, std::optional<int> exit_status) {
  json body = json::parse(description);
  body["@timestamp"] = Now();
  body["started"] = started;
  body["state"] = run.stopping ? "stopping" : "running";
  if (exit_status) {
    body["state"] = "ended";
    body["ended"] = body["@timestamp"];
    body["exit_status"] = *exit_status;
  }
  const Ledger& ledger = run.ledger;
  body["ledger"] = LedgerMembers(ledger);
  body["lost"] = ledger.Undelivered() - ledger.dead_lettered + ledger.kernel_dropped +
                 ledger.interface_dropped + ledger.ring_dropped;
  body["unreadable_files"] = run.work.unreadable_files;
  body["worker_restarts"] = run.work.worker_restarts;
  if (run.live) body["interfaces"] = InterfacesOf(*run.live);
  if (run.consumption != nullptr) {
    body["sensors"] = SensorsOf(*run.consumption);
    body["deleted_messages"] = run.consumption->deleted_messages;
    body["conversations_cut"] = run.consumption->conversations_cut;
  }
  // Names of files can be any bytes.
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

RunDocuments::RunDocuments(base::EventLoop& loop, Options options,
                           std::function<RunSnapshot()> read_run, telemetry::Log& log)
    : options_(std::move(options)),
      read_run_(std::move(read_run)),
      log_(log),
      client_(loop, kTimeout, options_.security, options_.ports),
      started_(Now()) {}

RunDocuments::~RunDocuments() = default;

milliseconds RunDocuments::NextTimeout() const {
  if (is_refused_ || next_ == Clock::time_point::max()) return milliseconds::max();
  const auto left = std::chrono::ceil<milliseconds>(next_ - Clock::now());
  return std::max(milliseconds(0), left);
}

void RunDocuments::Serve() {
  while (auto finished = client_.Poll()) HandleFinished(*finished);
  if (is_refused_ || Clock::now() < next_) return;
  if (under_way_) {
    next_ = Clock::now() + kLook;
    return;
  }
  Start();
}

// The index is made before the first document.
http::HttpRequest RunDocuments::NextRequest(const RunSnapshot& run,
                                            std::optional<int> exit_status) {
  body_ = has_index_ ? BodyOf(options_.description, started_, run, exit_status) : IndexBody();
  return {.method = "PUT",
          .path = has_index_ ? fmt::format("{}/_doc/{}", kIndex, options_.id) : kIndex,
          .body = body_};
}

void RunDocuments::Start() {
  under_way_ = client_.Start(options_.nodes[node_], NextRequest(read_run_(), std::nullopt));
  next_ = Clock::now() + kLook;
}

void RunDocuments::HandleFinished(const http::HttpClient::Finished& finished) {
  if (!under_way_ || *under_way_ != finished.ticket) return;
  under_way_.reset();
  if (!finished.response) {
    failed_last_ = true;
    node_ = (node_ + 1) % options_.nodes.size();
    next_ = Clock::now() + kRetry;
    log_.Verbose("write the run's document: " + finished.response.error().message);
    return;
  }
  HandleStatus(*finished.response);
}

void RunDocuments::HandleStatus(const http::HttpResponse& response) {
  // Credentials that are no longer accepted are the documents' concern, which say so.
  const bool may_pass = elasticsearch::MayPass(response) || response.status == 401;
  failed_last_ = may_pass;
  if (may_pass) {
    next_ = Clock::now() + kRetry;
    return;
  }
  // The index is there already, or made by the first document: that needs fewer rights.
  if (!std::exchange(has_index_, true)) {
    next_ = Clock::now();
    return;
  }
  if (response.status == 200 || response.status == 201) {
    const bool repeats = options_.interval.count() > 0;
    next_ = repeats ? Clock::now() + options_.interval : Clock::time_point::max();
    return;
  }
  is_refused_ = true;
  log_.Warning(fmt::format(
      "write the run's document to espcap-runs: {} ({}); the run goes on without: the privilege "
      "'index' on espcap-runs allows it, --no-run-documents leaves it out",
      response.status, elasticsearch::ReasonOf(response)));
}

void RunDocuments::End(const RunSnapshot& run, int exit_status) {
  while (auto finished = client_.Poll()) HandleFinished(*finished);
  if (under_way_) client_.Cancel(*std::exchange(under_way_, std::nullopt));
  if (is_refused_ || failed_last_ || process::StopNowRequested()) return;
  auto client = http::BlockingClient::Create(kLastTimeout, options_.security);
  if (!client) return;
  const http::NodeUrl& node = options_.nodes[node_];
  if (!has_index_) {
    if (!(*client)->Perform(node, NextRequest(run, exit_status))) return;
    has_index_ = true;
  }
  const auto answer = (*client)->Perform(node, NextRequest(run, exit_status));
  // Where nothing ran, what answers may be no server of this kind; the run's error says more.
  const bool nothing_ran = exit_status == static_cast<int>(ExitStatus::kNothingRan);
  if (answer) {
    if (!nothing_ran) HandleStatus(*answer);
  } else {
    log_.Verbose("write the run's document: " + answer.error().message);
  }
}

}  // namespace espcap::app
