// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where indices have a field that a query names: as the path of the field itself, as the end of it,
// or as a display filter has it ("dns.qry.name" is layers.dns.dns_dns_qry_name, wherever the layer
// is). The server says which fields there are (_field_caps). Pure functions.
#ifndef ESPCAP_ELASTICSEARCH_FIELD_PLACES_H_
#define ESPCAP_ELASTICSEARCH_FIELD_PLACES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "espcap/result.h"
#include "http/http_client.h"

namespace espcap::elasticsearch {

inline constexpr size_t kMaxPathsAsked = 32;  // of a query
inline constexpr size_t kMaxPlaces = 32;      // of a path
inline constexpr size_t kMaxFieldBytes = size_t{16} << 20U;

// What is asked about a path. None: there is nothing to ask, since the path is one that servers
// have in each index ("_id"), or no server has such a field's name.
std::optional<http::HttpRequest> PlacesRequest(const std::string& index, const std::string& path);

struct PlacesOfPath {
  bool is_field = false;            // as it is
  std::vector<std::string> places;  // else: which can be searched; the shortest first
  bool is_cut = false;              // there are more
};
// An error: the answer isn't understood.
Result<PlacesOfPath> ReadPlaces(std::string_view answer, const std::string& path);

// About all fields.
http::HttpRequest FieldsRequest(const std::string& index);
// Of that answer: the one whose path, or a part of it by which it is found, is nearest. Empty: none
// is near, or the answer isn't understood.
std::string NearestField(std::string_view answer, const std::string& path);

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_FIELD_PLACES_H_
