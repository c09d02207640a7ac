// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/field_places.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/bounded_json.h"
#include "base/nearest_name.h"

namespace espcap::elasticsearch {
namespace {

using nlohmann::json;

// Servers take lines of 4,096 bytes.
constexpr size_t kMaxRequestBytes = 3800;
constexpr size_t kMaxPathBytes = 512;
// Not by _field_caps on every server.
constexpr std::array<std::string_view, 9> kOfServer = {"_id",          "_index",   "_routing",
                                                       "_source",      "_ignored", "_type",
                                                       "_field_names", "_seq_no",  "_tier"};

// "dns_qry_name" of "dns.qry.name": as a document's keys have it.
std::string KeyPart(std::string path) {
  std::replace(path.begin(), path.end(), '.', '_');
  return path;
}

std::string_view Last(std::string_view path) { return path.substr(path.rfind('.') + 1); }

bool EndsWith(std::string_view text, char mark, std::string_view end) {
  return text.size() > end.size() && text.ends_with(end) &&
         text[text.size() - end.size() - 1] == mark;
}

bool IsWithin(std::string_view path, std::string_view object) {
  return path.size() > object.size() && path.starts_with(object) && path[object.size()] == '.';
}

// Whether "layers.dns.dns_dns_qry_name" is what a display filter calls dns.qry.name: the key is the
// protocol, '_', and the field. The field's name begins with the protocol, or the layer is named
// after it.
bool IsFilterName(std::string_view place, std::string_view key_part) {
  const std::string_view key = Last(place);
  if (!EndsWith(key, '_', key_part)) return false;
  const std::string_view protocol = key.substr(0, key.size() - key_part.size() - 1);
  if (key_part == protocol ||
      (key_part.starts_with(protocol) && key_part[protocol.size()] == '_')) {
    return true;
  }
  if (key.size() == place.size()) return false;
  return Last(place.substr(0, place.size() - key.size() - 1)) == protocol;
}

// What a display filter calls it, with '_' for '.'; empty: nothing that is known.
std::string FilterNameOf(std::string_view place) {
  const std::string_view key = Last(place);
  for (size_t at = key.find('_', 1); at != std::string_view::npos; at = key.find('_', at + 1)) {
    if (IsFilterName(place, key.substr(at + 1))) return std::string(key.substr(at + 1));
  }
  return {};
}

// `types`: a field's, by their names.
bool IsObject(const json& types) { return types.contains("object") || types.contains("nested"); }

bool IsTrue(const json& type, const char* member) {
  const auto found = type.find(member);
  return found != type.end() && found->is_boolean() && found->get<bool>();
}

// By its index, or by its column.
bool CanBeSearched(const json& types) {
  return std::any_of(types.begin(), types.end(), [](const json& type) {
    return type.is_object() && (IsTrue(type, "searchable") || IsTrue(type, "aggregatable"));
  });
}

// What is in it is found by paths that are no fields of the mapping.
bool IsOpen(const json& types) {
  return types.contains("flattened") || types.contains("flat_object");
}

// None: it isn't understood.
std::optional<json> FieldsOf(std::string_view answer) {
  base::JsonBounds bounds{.bytes = kMaxFieldBytes, .depth = 16};
  bounds.time = std::chrono::seconds(10);
  if (!base::CheckJson(answer, bounds)) return std::nullopt;
  json whole = json::parse(answer, nullptr, false);
  if (!whole.is_object() || !whole.contains("fields") || !whole["fields"].is_object()) {
    return std::nullopt;
  }
  return std::move(whole["fields"]);
}

void KeepShortest(PlacesOfPath& found) {
  std::sort(found.places.begin(), found.places.end(),
            [](const std::string& a, const std::string& b) {
              return std::pair(a.size(), a) < std::pair(b.size(), b);
            });
  found.is_cut = found.places.size() > kMaxPlaces;
  if (found.is_cut) found.places.resize(kMaxPlaces);
}

http::HttpRequest RequestFor(const std::string& index, const std::string& fields) {
  http::HttpRequest request{"GET", "/" + http::PercentEncoded(index) +
                                       "/_field_caps?ignore_unavailable=true&fields=" + fields};
  request.max_response_bytes = kMaxFieldBytes;
  return request;
}

}  // namespace

std::optional<http::HttpRequest> PlacesRequest(const std::string& index, const std::string& path) {
  const bool is_of_server = std::find(kOfServer.begin(), kOfServer.end(), path) != kOfServer.end();
  // A server takes "a,b" for two fields.
  if (is_of_server || path.empty() || path.size() > kMaxPathBytes ||
      path.find(',') != std::string::npos) {
    return std::nullopt;
  }
  const std::string name = http::PercentEncoded(path);
  std::string fields = name + ",*." + name + ",*_" + http::PercentEncoded(KeyPart(path));
  for (size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1)) {
    if (dot > 0) fields += ',' + http::PercentEncoded(path.substr(0, dot));
  }
  http::HttpRequest request = RequestFor(index, fields);
  if (request.path.size() > kMaxRequestBytes) return std::nullopt;
  return request;
}

Result<PlacesOfPath> ReadPlaces(std::string_view answer, const std::string& path) {
  const auto fields = FieldsOf(answer);
  if (!fields) return Fail("the answer isn't understood");
  const std::string key_part = KeyPart(path);
  PlacesOfPath found;
  std::vector<std::string> objects;
  for (const auto& [place, types] : fields->items()) {
    if (!types.is_object()) continue;
    if (place == path || (IsWithin(path, place) && IsOpen(types))) {
      found.is_field = true;
      return found;
    }
    if (!EndsWith(place, '.', path) && !IsFilterName(place, key_part)) continue;
    if (IsObject(types)) {
      objects.push_back(place);
    } else if (CanBeSearched(types)) {
      found.places.push_back(place);
    }
  }
  // "_exists_:http": a layer.
  if (found.places.empty()) found.places = std::move(objects);
  KeepShortest(found);
  return found;
}

http::HttpRequest FieldsRequest(const std::string& index) { return RequestFor(index, "*"); }

std::string NearestField(std::string_view answer, const std::string& path) {
  const auto fields = FieldsOf(answer);
  if (!fields) return {};
  // By the name in each form in which a query may have it.
  std::map<std::string, std::string> paths;
  const auto add = [&paths](const std::string& name, const std::string& place) {
    if (name.empty()) return;
    std::string& known = paths[name];
    if (known.empty() || place.size() < known.size()) known = place;
  };
  for (const auto& [place, types] : fields->items()) {
    if (!types.is_object() || IsObject(types) || !CanBeSearched(types)) continue;
    add(KeyPart(place), place);
    add(std::string(Last(place)), place);
    add(FilterNameOf(place), place);
  }
  std::vector<std::string> names;
  names.reserve(paths.size());
  for (const auto& [name, place] : paths) names.push_back(name);
  const std::string nearest = base::NearestName(KeyPart(path), names);
  return nearest.empty() ? nearest : paths[nearest];
}

}  // namespace espcap::elasticsearch
