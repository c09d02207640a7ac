// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/searched_query.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <utility>
#include <vector>

#include "elasticsearch/elasticsearch.h"
#include "elasticsearch/field_places.h"
#include "elasticsearch/query_paths.h"

namespace espcap::app {
namespace {

namespace es = elasticsearch;

constexpr long kOk = 200;

class PlaceSearch {
 public:
  PlaceSearch(const QueriedServer& server, const std::string& index, telemetry::Log& log)
      : server_(server), index_(index), log_(log) {}

  // Of what isn't a field as it is.
  Result<es::FieldPlaces> Find(std::vector<std::string> paths) {
    if (paths.size() > es::kMaxPathsAsked) {
      log_.Warning(
          fmt::format("query: it names {} fields; all but the first {} are searched as "
                      "they are",
                      paths.size(), es::kMaxPathsAsked));
      paths.resize(es::kMaxPathsAsked);
    }
    es::FieldPlaces places;
    std::vector<std::string> unknown;
    for (const std::string& path : paths) {
      const auto request = es::PlacesRequest(index_, path);
      if (!request) continue;
      const auto answer = server_.client->Perform(server_.node, *request);
      if (!answer) return tl::unexpected(answer.error());
      auto found = answer->status == kOk ? es::ReadPlaces(answer->body, path)
                                         : Refused(answer->status, es::ReasonOf(*answer));
      if (!found) {
        log_.Warning(fmt::format("fields of {}: {}; fields are searched by the paths in the query",
                                 index_, found.error().message));
        return es::FieldPlaces();
      }
      if (found->is_field) continue;
      if (found->places.empty()) {
        unknown.push_back(path);
        continue;
      }
      Tell(path, *found);
      places[path] = std::move(found->places);
    }
    if (!unknown.empty()) TellUnknown(unknown);
    return places;
  }

 private:
  static Result<es::PlacesOfPath> Refused(long status, const std::string& reason) {
    return Fail("the server answered {} ({})", status, reason);
  }

  void Tell(const std::string& path, const es::PlacesOfPath& found) {
    log_.Verbose(fmt::format("field {}: searched as {}", path, fmt::join(found.places, ", ")));
    if (!found.is_cut) return;
    log_.Warning(fmt::format(
        "field {}: more than {} fields of {} are called so; a longer path says which are meant",
        path, es::kMaxPlaces, index_));
  }

  void TellUnknown(const std::vector<std::string>& unknown) {
    const auto answer = server_.client->Perform(server_.node, es::FieldsRequest(index_));
    for (const std::string& path : unknown) {
      const std::string nearest =
          answer && answer->status == kOk ? es::NearestField(answer->body, path) : std::string();
      log_.Warning(fmt::format(
          "field {}: no index of {} has it; {}", path, index_,
          nearest.empty() ? "'espcap fields' lists what Wireshark has, and 'espcap template "
                            "--fields' maps it"
                          : "did you mean '" + nearest + "'?"));
    }
  }

  const QueriedServer& server_;
  const std::string& index_;
  telemetry::Log& log_;
};

}  // namespace

Result<es::HitRequest> SearchedQuery(const QueriedServer& server, const std::string& index,
                                     es::HitRequest query, telemetry::Log& log) {
  if (query.is_json) return query;
  const auto places = PlaceSearch(server, index, log).Find(es::PathsOf(query.query));
  if (!places) return tl::unexpected(places.error());
  auto written = es::WithPlaces(query.query, *places);
  if (!written) return Forward(std::move(written));
  query.query = std::move(*written);
  return query;
}

}  // namespace espcap::app
