// SPDX-License-Identifier: GPL-2.0-or-later
//
// What documents for one index name would meet on the server, asked one request at a time: what the
// name is, which template a new index gets, what the index maps that is there, which pipelines it
// needs. A state machine: it sends nothing and waits for nothing. One thread.
#ifndef ESPCAP_ELASTICSEARCH_INDEX_INQUIRY_H_
#define ESPCAP_ELASTICSEARCH_INDEX_INQUIRY_H_

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "elasticsearch/template_list.h"
#include "espcap/result.h"
#include "http/http_client.h"

namespace espcap::elasticsearch {

struct IndexState {
  enum class Kind : uint8_t { kNone, kIndex, kAlias, kDataStream };

  std::string index;  // the name
  Kind kind = Kind::kNone;
  std::string write_index;                     // where documents land; empty: nothing is there
  bool has_write_index = true;                 // an alias of several indices may name none
  bool wants_timestamp = false;                // it is a data stream, or a template makes it one
  std::string write_fault;                     // schema::MappingFault() of the index that is there
  bool lacks_provenance = false;               // the fields that --provenance is found by
  bool has_flat_object = false;                // OpenSearch's, which refuses long values
  std::vector<std::string> missing_pipelines;  // that each document would go through

  // Of a new index. Unset: that question was refused.
  std::optional<std::vector<ListedTemplate>> composable;
  std::optional<bool> has_template;  // composable
  std::string template_fault;        // as write_fault; REQUIRES: has_template
  std::vector<std::string> legacy;   // names of those that match

  // The composable one that a new index gets; null: none that is known.
  [[nodiscard]] const ListedTemplate* Winner() const;
};

class IndexInquiry {
 public:
  struct Options {
    std::string index;     // empty: only the pipeline is asked for
    std::string pipeline;  // of all documents, in place of the index's own; empty: none
    // Also for the pipeline, and for what a new index gets where there is one by this name.
    bool is_first = true;
  };

  explicit IndexInquiry(Options options);

  [[nodiscard]] bool done() const { return step_ == Step::kDone; }
  // REQUIRES: not done.
  [[nodiscard]] http::HttpRequest NextRequest() const;
  // "look for the template of packets-0".
  [[nodiscard]] std::string Question() const;
  // The same of any index: "the template".
  [[nodiscard]] std::string_view topic() const;

  // An error: the answer can't be read; the same can be asked again, or skipped.
  // REQUIRES: status 200, or 404 or 405, which say that there is nothing.
  Result<void> HandleResponse(const http::HttpResponse& response);
  // Goes on without this answer.
  void Skip();

  [[nodiscard]] const IndexState& index_state() const { return index_state_; }

 private:
  enum class Step : uint8_t {
    kName,        // what it is
    kAlias,       // which of its indices is written to
    kTarget,      // what that one is
    kComposable,  // templates
    kLegacy,      // templates
    kNewIndex,    // what a template gives it
    kWriteIndex,  // what it maps
    kPipeline,
    kDone,
  };

  void Advance();
  void ReadName(const nlohmann::json& answer);
  void ReadAlias(const nlohmann::json& answer);
  void ReadTarget(const nlohmann::json& answer);
  void ReadComposableTemplates(const nlohmann::json& answer);
  void ReadNewIndex(const nlohmann::json& answer);
  void ReadWriteIndex(const nlohmann::json& answer);
  void AddPipelines(const nlohmann::json& settings);

  Options options_;
  Step step_;
  IndexState index_state_;
  std::vector<std::string> pipelines_;  // still to be asked for, the next at the end
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_INDEX_INQUIRY_H_
