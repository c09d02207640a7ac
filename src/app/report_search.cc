// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/report_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "elasticsearch/elasticsearch.h"
#include "elasticsearch/figure_query.h"
#include "elasticsearch/search_table.h"
#include "http/http_client.h"
#include "report/quoting.h"
#include "report/time_buckets.h"

namespace espcap::app {
namespace {

using elasticsearch::Count;
using report::Cell;
using report::List;
using report::ListedField;
using report::Row;
using report::Section;

constexpr size_t kRows = 20;
constexpr size_t kStacksAsked = 1000;
constexpr size_t kLayersOverTime = 8;
constexpr size_t kCandidatePairs = 40;
constexpr size_t kRuns = 50;
constexpr const char* kRunIndex = "espcap-runs";
constexpr const char* kRunField = "espcap.run";

Section SectionOf(const List& list) {
  return {.id = list.id,
          .title = list.title,
          .sentence = list.sentence,
          .names = list.names,
          .columns = {"packets", "bytes"},
          .charted = list.by_bytes ? 1U : 0U};
}

std::vector<Cell> CellsOf(const Count& count) { return {count.packets, count.bytes}; }

uint64_t FigureOf(const Row& row, size_t column) { return std::get<uint64_t>(row.cells[column]); }

void KeepMost(std::vector<Row>& rows, size_t column) {
  std::stable_sort(rows.begin(), rows.end(), [column](const Row& a, const Row& b) {
    return FigureOf(a, column) > FigureOf(b, column);
  });
  if (rows.size() > kRows) rows.resize(kRows);
}

std::string NothingNote(const std::vector<ListedField>& fields) {
  std::string paths;
  for (const ListedField& field : fields) paths += (paths.empty() ? "" : ", ") + field.path;
  return fmt::format("No packet here has this, or the index doesn't have the field: {}.", paths);
}

// The last layers of stacks, by packets.
std::vector<std::string> TopLayersOf(const std::vector<elasticsearch::Term>& stacks) {
  std::map<std::string, uint64_t, std::less<>> packets;
  for (const elasticsearch::Term& stack : stacks) {
    packets[std::string(report::TopLayer(stack.value))] += stack.packets;
  }
  std::vector<std::pair<std::string, uint64_t>> sorted(packets.begin(), packets.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (sorted.size() > kRows) sorted.resize(kRows);
  std::vector<std::string> layers;
  layers.reserve(sorted.size());
  for (auto& [layer, count] : sorted) layers.push_back(layer);
  return layers;
}

std::vector<std::string> QueriesOf(const std::vector<std::string>& layers) {
  std::vector<std::string> queries;
  queries.reserve(layers.size());
  for (const std::string& layer : layers) queries.push_back(report::QueryOfTopLayer(layer));
  return queries;
}

// A row for each bucket: all, and then the layers, and what is of none of them.
Section OverTime(const std::vector<elasticsearch::TimeBucket>& buckets,
                 const std::vector<std::string>& layers, uint64_t bucket_ms,
                 uint64_t Count::*figure) {
  const bool is_packets = figure == &Count::packets;
  Section section{.id = is_packets ? "packets" : "bytes",
                  .title = is_packets ? "Packets over time" : "Bytes over time",
                  .sentence = fmt::format("By the last protocol of each packet. A bar is {}.",
                                          report::LengthText(bucket_ms)),
                  .names = "from (UTC)",
                  .columns = {"all"},
                  .chart = Section::Chart::kTime,
                  .charted = 1};
  section.columns.insert(section.columns.end(), layers.begin(), layers.end());
  section.columns.emplace_back("other");
  for (const elasticsearch::TimeBucket& bucket : buckets) {
    Row row{.name = report::IsoTime(bucket.begin_ms)};
    const uint64_t all = bucket.*figure;
    row.cells.emplace_back(all);
    uint64_t named = 0;
    for (const Count& count : bucket.counts) {
      row.cells.emplace_back(count.*figure);
      named += count.*figure;
    }
    row.cells.emplace_back(all - std::min(all, named));
    if (bucket.packets > 0) {
      const uint64_t end_ms = static_cast<uint64_t>(bucket.begin_ms) + bucket_ms;
      row.query = fmt::format(R"(timestamp:["{}" TO "{}"}})", bucket.begin_ms,
                              static_cast<int64_t>(end_ms));
    }
    section.rows.push_back(std::move(row));
    if (section.rows.size() > report::kMaxTimeBuckets) break;
  }
  return section;
}

struct Conversation {
  size_t fields = 0;  // of ConversationFields()
  std::string a;
  std::string b;
  uint64_t bytes = 0;
};

// Both directions as one.
void AddPairs(const elasticsearch::Pairs& pairs, size_t fields,
              std::vector<Conversation>& conversations) {
  std::map<std::pair<std::string, std::string>, uint64_t> bytes;
  for (const elasticsearch::Pair& pair : pairs.pairs) {
    bytes[std::minmax(pair.from, pair.to)] += pair.bytes;
  }
  for (const auto& [ends, count] : bytes) {
    conversations.push_back({fields, ends.first, ends.second, count});
  }
}

}  // namespace

Result<ReportSearch::Answer> ReportSearch::Ask(const std::string& index, const std::string& body) {
  constexpr long kOk = 200;
  constexpr long kBadRequest = 400;
  // Figures of a part of the shards would look like all.
  auto answer = server_.client->Perform(
      server_.node, {.method = "POST",
                     .path = "/" + http::PercentEncoded(index) +
                             "/_search?ignore_unavailable=true&allow_partial_search_results=false",
                     .body = body,
                     .max_response_bytes = elasticsearch::kMaxSearchAnswerBytes});
  if (!answer) return Forward(std::move(answer));
  if (answer->status == kOk) return Answer{std::move(answer->body), {}};
  const std::string reason = elasticsearch::ReasonOf(*answer);
  if (answer->status == kBadRequest) return Answer{{}, reason};
  return Fail("search {}: {} answered {} ({})", index, server_.node.base, answer->status, reason);
}

Result<FoundReport> ReportSearch::Run() {
  const auto answer = Ask(search_.index, elasticsearch::TotalsBody(query_));
  if (!answer) return tl::unexpected(answer.error());
  if (!answer->refusal.empty()) {
    return Fail("search {}: the server refuses the query: {}", search_.index, answer->refusal);
  }
  const auto totals = elasticsearch::ReadTotals(answer->body);
  if (!totals) return tl::unexpected(totals.error());
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  report_.facts = {{"Packets", totals->packets}, {"Bytes", totals->bytes}};
  if (totals->first_ms && totals->last_ms) {
    report_.facts.push_back({"First packet", report::IsoTime(*totals->first_ms)});
    report_.facts.push_back({"Last packet", report::IsoTime(*totals->last_ms)});
    query_ = elasticsearch::WithinTime(query_, *totals->first_ms, *totals->last_ms);
    // "now-1h" is another time when a command runs.
    if (!search_.since.empty()) search_.since = report::IsoTime(*totals->first_ms);
    if (!search_.until.empty()) search_.until = report::IsoTime(*totals->last_ms + 1);
  }
  report_.facts.push_back({"Indices", search_.index});
  const std::string& asked = search_.json.empty() ? search_.query : search_.json;
  report_.facts.push_back({"Query", asked.empty() ? "every packet" : asked});
  report_.facts.push_back({"Server", search_.node});
  report_.facts.push_back({"Report made", report::IsoTime(now.count())});

  if (auto added = AddTraffic(*totals); !added) return Forward(std::move(added));
  auto conversations = MakeConversations();
  if (!conversations) return Forward(std::move(conversations));
  const size_t behind_protocols = report_.sections.size();
  if (auto added = AddLists(report::TrafficLists()); !added) return Forward(std::move(added));
  // Next to the talkers.
  report_.sections.insert(
      report_.sections.begin() + static_cast<std::ptrdiff_t>(behind_protocols) + 1,
      std::move(*conversations));
  if (auto added = AddLists(report::SourceLists()); !added) return Forward(std::move(added));
  auto runs = MakeRuns();
  if (!runs) return Forward(std::move(runs));
  report_.sections.push_back(std::move(*runs));
  report_.search = search_;
  return FoundReport{std::move(report_), totals->packets};
}

// The stacks say which layers there are; each layer's figures are those of its own query.
Result<void> ReportSearch::AddTraffic(const elasticsearch::Totals& totals) {
  Section protocols{.id = "protocols",
                    .title = "Protocols",
                    .sentence = "Packets by their last protocol, as in frame.protocols.",
                    .names = "protocol",
                    .columns = {"packets", "bytes"}};
  const auto stacks_answer =
      Ask(search_.index,
          elasticsearch::TermsBody(query_, {.field = report::kStacks, .size = kStacksAsked}));
  if (!stacks_answer) return tl::unexpected(stacks_answer.error());
  elasticsearch::Terms stacks;
  if (stacks_answer->refusal.empty()) {
    auto read = elasticsearch::ReadTerms(stacks_answer->body);
    if (!read) return Forward(std::move(read));
    stacks = std::move(*read);
  } else {
    protocols.note = "The server refuses this question: " + stacks_answer->refusal;
  }
  std::vector<std::string> layers = TopLayersOf(stacks.terms);
  if (!layers.empty()) {
    const std::vector<std::string> queries = QueriesOf(layers);
    const auto answer = Ask(search_.index, elasticsearch::CountsBody(query_, queries));
    if (!answer) return tl::unexpected(answer.error());
    const auto counts = elasticsearch::ReadCounts(answer->body, queries.size());
    if (!counts) return tl::unexpected(counts.error());
    for (size_t i = 0; i < layers.size(); ++i) {
      protocols.rows.push_back({layers[i], CellsOf((*counts)[i]), queries[i]});
    }
    if (stacks.is_cut) protocols.note = "Rare protocols can be missing.";
  } else if (protocols.note.empty()) {
    protocols.note = NothingNote({{.path = report::kStacks}});
  }
  if (layers.size() > kLayersOverTime) layers.resize(kLayersOverTime);

  const int64_t first_ms = totals.first_ms.value_or(0);
  const auto span_ms =
      static_cast<uint64_t>(totals.last_ms.value_or(0)) - static_cast<uint64_t>(first_ms);
  const uint64_t bucket_ms = report::BucketMillis(span_ms);
  std::vector<elasticsearch::TimeBucket> buckets;
  if (totals.first_ms) {
    const auto answer =
        Ask(search_.index, elasticsearch::HistogramBody(query_, QueriesOf(layers), bucket_ms));
    if (!answer) return tl::unexpected(answer.error());
    auto read = elasticsearch::ReadHistogram(answer->body, layers.size());
    if (!read) return Forward(std::move(read));
    buckets = std::move(*read);
  }
  for (const auto figure : {&Count::packets, &Count::bytes}) {
    Section section = OverTime(buckets, layers, bucket_ms, figure);
    if (buckets.empty()) section.note = NothingNote({{.path = "timestamp"}});
    report_.sections.push_back(std::move(section));
  }
  report_.sections.push_back(std::move(protocols));
  return {};
}

Result<void> ReportSearch::AddLists(const std::vector<List>& lists) {
  for (const List& list : lists) {
    auto section = MakeList(list);
    if (!section) return Forward(std::move(section));
    report_.sections.push_back(std::move(*section));
  }
  return {};
}

Result<Section> ReportSearch::MakeList(const List& list) {
  Section section = SectionOf(list);
  uint64_t distinct = 0;
  bool is_cut = false;
  for (const ListedField& field : list.fields) {
    const auto answer =
        Ask(search_.index, elasticsearch::TermsBody(query_, {.field = field.path,
                                                             .filter = field.filter,
                                                             .by_bytes = list.by_bytes,
                                                             .size = kRows}));
    if (!answer) return tl::unexpected(answer.error());
    if (!answer->refusal.empty()) {
      section.note = "The server refuses this question: " + answer->refusal;
      continue;
    }
    const auto found = elasticsearch::ReadTerms(answer->body);
    if (!found) return tl::unexpected(found.error());
    section.is_approximate = section.is_approximate || found->is_approximate;
    is_cut = is_cut || found->is_cut;
    distinct += found->distinct;
    for (const elasticsearch::Term& term : found->terms) {
      const std::string name = list.name == nullptr ? term.value : list.name(term.value);
      section.rows.push_back(
          {field.prefix + name, CellsOf(term), report::QueryOfValue(field, term.value)});
    }
  }
  is_cut = is_cut || section.rows.size() > kRows;
  KeepMost(section.rows, section.charted);
  if (section.rows.empty() && section.note.empty()) section.note = NothingNote(list.fields);
  if (is_cut && section.note.empty()) {
    section.note = fmt::format("The first {} of ≈ {}.", section.rows.size(), distinct);
  }
  return section;
}

// Candidates come from sources and their destinations; their figures are those of their own query.
Result<Section> ReportSearch::MakeConversations() {
  Section section{.id = "conversations",
                  .title = "Conversations",
                  .sentence = "Packets between two addresses, in both directions, by bytes.",
                  .names = "addresses",
                  .columns = {"packets", "bytes"},
                  .charted = 1};
  const std::vector<report::AddressFields>& fields = report::ConversationFields();
  std::vector<Conversation> found;
  bool is_cut = false;
  for (size_t i = 0; i < fields.size(); ++i) {
    const auto answer =
        Ask(search_.index, elasticsearch::PairsBody(query_, fields[i].from, fields[i].to));
    if (!answer) return tl::unexpected(answer.error());
    if (!answer->refusal.empty()) {
      section.note = "The server refuses this question: " + answer->refusal;
      continue;
    }
    const auto pairs = elasticsearch::ReadPairs(answer->body);
    if (!pairs) return tl::unexpected(pairs.error());
    is_cut = is_cut || pairs->is_cut;
    AddPairs(*pairs, i, found);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Conversation& a, const Conversation& b) { return a.bytes > b.bytes; });
  if (found.size() > kCandidatePairs) found.resize(kCandidatePairs);
  std::vector<std::string> queries;
  queries.reserve(found.size());
  for (const Conversation& one : found) {
    queries.push_back(report::QueryOfConversation(fields[one.fields], one.a, one.b));
  }
  if (!queries.empty()) {
    const auto answer = Ask(search_.index, elasticsearch::CountsBody(query_, queries));
    if (!answer) return tl::unexpected(answer.error());
    const auto counts = elasticsearch::ReadCounts(answer->body, queries.size());
    if (!counts) return tl::unexpected(counts.error());
    for (size_t i = 0; i < found.size(); ++i) {
      section.rows.push_back({found[i].a + " ↔ " + found[i].b, CellsOf((*counts)[i]), queries[i]});
    }
    KeepMost(section.rows, section.charted);
  }
  if (section.rows.empty() && section.note.empty()) {
    section.note = NothingNote({{.path = fields[0].from}, {.path = fields[1].from}});
  } else if (is_cut && section.note.empty()) {
    section.note =
        "Each figure is exact. Others with as many bytes can be missing: the server "
        "looks for them among the first addresses only.";
  }
  return section;
}

Result<Section> ReportSearch::MakeRuns() {
  Section section{
      .id = "runs",
      .title = "Runs and losses",
      .sentence = "What espcap says of the runs that these packets come from.",
      .names = "run",
      .columns = {"sensor", "state", "started", "captured", "indexed", "lost", "lost at sensors"},
      .charted = 5};
  const auto runs_answer =
      Ask(search_.index, elasticsearch::TermsBody(query_, {.field = kRunField, .size = kRuns}));
  if (!runs_answer) return tl::unexpected(runs_answer.error());
  const auto terms =
      elasticsearch::ReadTerms(runs_answer->refusal.empty() ? runs_answer->body : "{}");
  if (!terms) return tl::unexpected(terms.error());
  std::vector<std::string> ids;
  for (const elasticsearch::Term& term : terms->terms) ids.push_back(term.value);
  if (ids.empty()) {
    section.note = NothingNote({{.path = kRunField}});
    return section;
  }
  const auto answer = Ask(kRunIndex, elasticsearch::RunsBody(ids, kRuns));
  if (!answer || !answer->refusal.empty()) {
    section.note = fmt::format("The runs can't be looked up: {}.",
                               answer ? answer->refusal : answer.error().message);
    return section;
  }
  const auto runs = elasticsearch::ReadRuns(answer->body);
  if (!runs) return tl::unexpected(runs.error());
  for (const elasticsearch::RunCount& run : *runs) {
    section.rows.push_back({run.run,
                            {run.sensor, run.state, run.started, run.captured, run.indexed,
                             run.lost, run.lost_at_sensors},
                            report::QueryOfValue({.path = kRunField}, run.run)});
    if (section.rows.size() == kRuns) break;
  }
  if (section.rows.empty()) section.note = "The index espcap-runs has none of these runs.";
  if (terms->is_cut) section.note = fmt::format("The first {} of ≈ {}.", kRuns, terms->distinct);
  return section;
}

}  // namespace espcap::app
