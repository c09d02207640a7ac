// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a server needs before the first document: the index template, where it has none for the
// run's indices. A state machine of requests, one at a time: it sends nothing itself, waits for
// nothing, and is told the time. One thread.
#ifndef ESPCAP_ELASTICSEARCH_PREPARATION_H_
#define ESPCAP_ELASTICSEARCH_PREPARATION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "elasticsearch/elasticsearch.h"
#include "elasticsearch/template_store.h"
#include "espcap/result.h"
#include "http/http_client.h"
#include "schema/dialect.h"
#include "schema/index_template.h"

namespace espcap::elasticsearch {

// Makes the template beside the run: libwireshark's fields are asked for in another process.
class TemplateMaker {
 public:
  TemplateMaker() = default;
  TemplateMaker(const TemplateMaker&) = delete;
  TemplateMaker& operator=(const TemplateMaker&) = delete;
  virtual ~TemplateMaker() = default;

  // Once. An error: it can't be made.
  virtual Result<void> Start(schema::Dialect dialect) = 0;
  // Readable when Take() has something to do. REQUIRES: started.
  [[nodiscard]] virtual int fd() const = 0;
  // The template once it is made, or why it can't be.
  virtual std::optional<Result<schema::IndexTemplate>> Take() = 0;
};

schema::Dialect DialectOf(const ServerIdentity& identity);

class Preparation {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Options {
    std::string index_pattern;  // of the run's indices
    bool install_template = true;
    bool learn_value_limit = true;  // whether the server's template takes only short texts
  };

  enum class State : uint8_t {
    kUnbegun,  // no node has said who it is
    kAsking,   // for the template in use
    kMaking,   // the template
    kPutting,  // it
    kDone,
  };

  // What follows from an answer.
  enum class Outcome : uint8_t {
    kProgress,
    kAgain,    // later: the server is too busy, or not ready
    kRefused,  // for good, as far as the server says
  };

  // `maker` null: nothing is installed.
  Preparation(Options options, std::unique_ptr<TemplateMaker> maker)
      : options_(std::move(options)), maker_(std::move(maker)) {}

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool done() const { return state_ == State::kDone; }

  // A node is there.
  void Begin(const ServerIdentity& identity);
  // In kMaking: the descriptor that becomes readable, else -1; and what is to be done then, or
  // where there is none: else it waits. An error: the template can't be made.
  [[nodiscard]] int maker_fd() const {
    return state_ == State::kMaking && making_ ? maker_->fd() : -1;
  }
  Result<void> TakeTemplate();

  // The next request; none while there is nothing to ask, or it is too early. Its body is borrowed.
  [[nodiscard]] std::optional<http::HttpRequest> NextRequest(Time now) const;
  // When it is time for it; none: it doesn't depend on time.
  [[nodiscard]] std::optional<Time> NextTime(Time now) const;

  Outcome TakeResponse(const http::HttpResponse& response, Time now);
  // There was none: the same again, from another node.
  void TakeFailure(Time now);
  // Why the last response was no progress: "look for the template of packets-*: 403 (…)".
  [[nodiscard]] const std::string& problem() const { return problem_; }

  // REQUIRES: done().
  // "already there", "installed as espcap-packets"; empty: none was asked for.
  [[nodiscard]] const std::string& template_outcome() const { return template_outcome_; }
  // The most bytes of one text that the server takes for sure; none: any.
  [[nodiscard]] std::optional<uint64_t> value_limit() const { return value_limit_; }

 private:
  Outcome Refuse(const http::HttpResponse& response, const std::string& what, Time now);
  void WaitLonger(std::optional<std::chrono::seconds> retry_after, Time now);
  [[nodiscard]] std::string Question() const;  // in words
  void TakeTemplateInUse(const TemplateInUse& in_use);

  Options options_;
  std::unique_ptr<TemplateMaker> maker_;
  State state_ = State::kUnbegun;
  schema::Dialect dialect_ = schema::Dialect::kElasticsearch;
  std::optional<schema::IndexTemplate> template_;
  std::vector<TemplatePut> puts_;
  size_t next_put_ = 0;
  Result<void> making_;    // how it was begun
  uint32_t failures_ = 0;  // in a row
  Time not_before_{};
  std::string problem_;
  std::string template_outcome_;
  std::optional<uint64_t> value_limit_;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_PREPARATION_H_
