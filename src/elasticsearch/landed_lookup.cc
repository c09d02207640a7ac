// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/landed_lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "base/bounded_json.h"
#include "document/action_line.h"
#include "elasticsearch/answer_members.h"

namespace espcap::elasticsearch {
namespace {

constexpr size_t kMaxItemBytes = 512;  // of an answer

// The texts of the lists of this name.
class TextsOf : public base::JsonVisitor {
 public:
  explicit TextsOf(std::string_view name) : name_(name) {}

  bool OpenArray() override {
    is_in_ = std::exchange(is_next_, false);
    return true;
  }
  bool Close() override {
    is_in_ = false;
    return true;
  }
  bool Key(std::string_view name) override {
    is_next_ = name == name_;
    return true;
  }
  bool Text(std::string_view text) override {
    if (is_in_ || std::exchange(is_next_, false)) texts.emplace_back(text);
    return true;
  }

  std::vector<std::string> texts;

 private:
  std::string_view name_;
  bool is_next_ = false;
  bool is_in_ = false;
};

// Of a list of objects, the ids of those that have a version: no other is there.
class IdsThere : public base::JsonVisitor {
 public:
  bool OpenObject() override {
    id_.clear();
    has_version_ = false;
    return true;
  }
  bool Close() override {
    if (has_version_ && !id_.empty()) ids.insert(std::move(id_));
    id_.clear();
    return true;
  }
  bool Key(std::string_view name) override {
    key_ = name;
    return true;
  }
  bool Text(std::string_view text) override {
    if (key_ == "_id") id_ = text;
    return true;
  }
  bool Integer(int64_t /*number*/) override {
    has_version_ = has_version_ || key_ == "_version";
    return true;
  }

  std::unordered_set<std::string> ids;

 private:
  std::string key_;
  std::string id_;
  bool has_version_ = false;
};

}  // namespace

LandedLookup::LandedLookup(const BulkChunk& chunk) : landed_(chunk.positions.size()) {
  const Batch& batch = chunk.batch();
  for (size_t place = 0; place < chunk.positions.size(); ++place) {
    const std::string_view text = batch.Text(batch.documents[chunk.positions[place]]);
    const auto action = document::ParseAction(text.substr(0, text.find('\n')));
    if (!action) continue;
    const auto known = std::find(streams_.begin(), streams_.end(), action->index);
    const auto stream = static_cast<size_t>(std::distance(streams_.begin(), known));
    if (known == streams_.end()) {
      if (streams_.size() == kMaxStreams) continue;
      streams_.emplace_back(action->index);
    }
    documents_.push_back({std::string(action->id), stream, place});
  }
}

std::optional<http::HttpRequest> LandedLookup::NextRequest() {
  if (stream_ == streams_.size()) return std::nullopt;
  if (earlier_.empty()) {
    return http::HttpRequest{"GET", "/_resolve/index/" + http::PercentEncoded(streams_[stream_]) +
                                        "?filter_path=data_streams.backing_indices"};
  }
  body_ = R"({"docs":[)";
  size_t items = 0;
  for (const Document& document : documents_) {
    if (document.stream != stream_) continue;
    for (const std::string& index : earlier_) {
      body_ += fmt::format(R"({}{{"_index":"{}","_id":"{}"}})", items++ == 0 ? "" : ",", index,
                           document.id);
    }
  }
  body_ += "]}";
  // What isn't refreshed yet is found, too.
  http::HttpRequest request{
      "POST", "/_mget?realtime=true&_source=false&filter_path=docs._id,docs._version", body_};
  request.max_response_bytes = kMaxItemBytes * (items + 1);
  return request;
}

void LandedLookup::OnAnswer(const http::HttpResponse& response) {
  constexpr long kOk = 200;
  if (response.status != kOk) return NextStream();
  earlier_.empty() ? OnIndices(response.body) : OnDocuments(response.body);
}

void LandedLookup::NextStream() {
  ++stream_;
  earlier_.clear();
}

// The last one is written to.
void LandedLookup::OnIndices(std::string_view body) {
  TextsOf names("backing_indices");
  if (!base::ReadJson(body, kAnswerBounds, names) || names.texts.size() < 2) return NextStream();
  names.texts.pop_back();
  const auto first = names.texts.size() - std::min(names.texts.size(), kMaxEarlier);
  earlier_.assign(std::make_move_iterator(names.texts.begin() + static_cast<ptrdiff_t>(first)),
                  std::make_move_iterator(names.texts.end()));
}

void LandedLookup::OnDocuments(std::string_view body) {
  base::JsonBounds bounds = kAnswerBounds;
  bounds.bytes = std::max(bounds.bytes, body.size());
  IdsThere there;
  if (base::ReadJson(body, bounds, there)) {
    for (const Document& document : documents_) {
      if (document.stream == stream_ && there.ids.contains(document.id)) {
        landed_[document.place] = true;
      }
    }
  }
  NextStream();
}

}  // namespace espcap::elasticsearch
