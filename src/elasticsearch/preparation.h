// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a server needs before documents: what it makes of the run's indices is asked, and the index
// template put there where it has none. Each further index name is asked about before its first
// document. A state machine of requests, one at a time: it sends nothing itself, waits for nothing,
// and is told the time. Only putting the template must succeed: a question that the server refuses
// is skipped. One thread.
#ifndef ESPCAP_ELASTICSEARCH_PREPARATION_H_
#define ESPCAP_ELASTICSEARCH_PREPARATION_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "elasticsearch/attempts.h"
#include "elasticsearch/elasticsearch.h"
#include "elasticsearch/index_findings.h"
#include "elasticsearch/index_inquiry.h"
#include "elasticsearch/index_names.h"
#include "elasticsearch/template_install.h"
#include "elasticsearch/template_update.h"
#include "espcap/document_needs.h"
#include "espcap/result.h"
#include "http/http_client.h"
#include "schema/dialect.h"

namespace espcap::elasticsearch {

schema::Dialect DialectOf(const ServerIdentity& identity);

class Preparation {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Options {
    std::string index;  // one of the run's, as of today; empty: nothing is asked about indices
    OwnTemplate own;
    bool install_template = true;
    bool learn_value_limit = true;  // whether the server's template takes only short texts
    bool has_timestamp = false;     // documents have an @timestamp anyway
    bool has_provenance = false;    // they say where they come from
    std::vector<std::string> label_keys;
    std::string pipeline;  // that documents go through; empty: their index's
  };

  enum class State : uint8_t {
    kUnbegun,   // no node has said who it is
    kAsking,    // about an index
    kMaking,    // the template
    kPutting,   // it
    kUpdating,  // one that is there, or an index
    kDone,      // documents for every index that was met may be sent
  };

  // What follows from an answer.
  enum class Outcome : uint8_t {
    kProgress,
    kAgain,    // later: the server is too busy, or not ready
    kRefused,  // for good, as far as the server says
  };

  // `maker` null: nothing is installed.
  Preparation(Options options, std::unique_ptr<TemplateMaker> maker)
      : options_(std::move(options)), install_(std::move(maker)) {}

  [[nodiscard]] State state() const { return state_; }
  // For the first document; true for ever then.
  [[nodiscard]] bool done() const { return is_done_; }
  // A node is there.
  void Begin(const ServerIdentity& identity);
  // Documents for this index are to be sent.
  void AddIndex(std::string_view index);
  // In kMaking: the descriptor that becomes readable, else -1; and what is to be done then, or
  // where there is none: else it waits. An error: the template can't be made.
  [[nodiscard]] int maker_fd() const { return state_ == State::kMaking ? install_.maker_fd() : -1; }
  Result<void> CollectTemplate();

  // The next request; none while there is nothing to ask, or it is too early. Its body is borrowed.
  [[nodiscard]] std::optional<http::HttpRequest> NextRequest(Time now) const;
  // When it is time for it; none: it doesn't depend on time.
  [[nodiscard]] std::optional<Time> NextTime(Time now) const;

  Outcome HandleResponse(const http::HttpResponse& response, Time now);
  // There was none, for this reason: the same again, from another node. `is_too_long`: for its
  // bound.
  void HandleFailure(const std::string& reason, bool is_too_long, Time now);
  // Why the last response was no progress: "install the template espcap-packets: 403 (…)".
  [[nodiscard]] const std::string& problem() const { return attempts_.problem(); }
  // What the user should know before the next document, once each.
  std::vector<std::string> DrainWarnings() { return std::exchange(warnings_, {}); }

  // REQUIRES: done().
  // "already there", "installed as espcap-packets"; empty: none was asked for.
  [[nodiscard]] const std::string& template_outcome() const { return template_outcome_; }
  struct Found {
    DocumentNeeds needs;
    bool has_data_stream = false;  // an id is unique only in the newest of several indices
  };
  [[nodiscard]] const Found& found() const { return found_; }

 private:
  Outcome HandleAnswer(const http::HttpResponse& response, Time now);
  Outcome HandlePut(const http::HttpResponse& response, Time now);
  void SkipQuestion(const std::string& reason);
  Outcome HandleIndexState(Time now);
  void Continue();

  Options options_;
  State state_ = State::kUnbegun;
  bool is_done_ = false;
  schema::Dialect dialect_ = schema::Dialect::kElasticsearch;
  std::optional<IndexInquiry> inquiry_;
  TemplateInstall install_;
  TemplateUpdate update_;
  schema::LabelType labels_ = schema::LabelType::kFlattened;
  IndexNames names_;
  std::set<std::string_view> skipped_;  // topics of questions
  Attempts attempts_;
  std::vector<std::string> warnings_;
  std::string template_outcome_;
  Found found_;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_PREPARATION_H_
