// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/ecs_fields.h"

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>

#include "schema/mapping.h"

namespace espcap::schema {
namespace {

using nlohmann::json;

struct EcsField {
  const char* path;
  const char* type;
};

// Those of type `wildcard` there are keywords here: of that family, and every server has it.
constexpr std::initializer_list<EcsField> kFields = {
    {"@timestamp", "date"},
    {"ecs.version", "keyword"},
    {"message", "text"},
    {"event.kind", "keyword"},
    {"event.category", "keyword"},
    {"event.type", "keyword"},
    {"event.module", "keyword"},
    {"event.dataset", "keyword"},
    {"event.sequence", "long"},
    {"network.transport", "keyword"},
    {"network.type", "keyword"},
    {"network.protocol", "keyword"},
    {"network.direction", "keyword"},
    {"network.iana_number", "keyword"},
    {"network.bytes", "long"},
    {"network.packets", "long"},
    {"network.community_id", "keyword"},
    {"network.vlan.id", "keyword"},
    {"network.inner.vlan.id", "keyword"},
    {"related.ip", "ip"},
    {"dns.id", "keyword"},
    {"dns.type", "keyword"},
    {"dns.op_code", "keyword"},
    {"dns.response_code", "keyword"},
    {"dns.header_flags", "keyword"},
    {"dns.question.name", "keyword"},
    {"dns.question.type", "keyword"},
    {"dns.question.class", "keyword"},
    {"dns.answers.name", "keyword"},
    {"dns.answers.type", "keyword"},
    {"dns.answers.class", "keyword"},
    {"dns.answers.ttl", "long"},
    {"dns.answers.data", "keyword"},
    {"dns.resolved_ip", "ip"},
    {"url.original", "keyword"},
    {"url.full", "keyword"},
    {"url.scheme", "keyword"},
    {"url.domain", "keyword"},
    {"url.port", "long"},
    {"url.path", "keyword"},
    {"url.query", "keyword"},
    {"http.version", "keyword"},
    {"http.request.method", "keyword"},
    {"http.request.referrer", "keyword"},
    {"http.request.mime_type", "keyword"},
    {"http.request.body.bytes", "long"},
    {"http.response.status_code", "long"},
    {"http.response.mime_type", "keyword"},
    {"http.response.body.bytes", "long"},
    {"user_agent.original", "keyword"},
    {"tls.version", "keyword"},
    {"tls.version_protocol", "keyword"},
    {"tls.cipher", "keyword"},
    {"tls.next_protocol", "keyword"},
    {"tls.client.server_name", "keyword"},
    {"tls.client.ja3", "keyword"},
    {"tls.client.ja4", "keyword"},
    {"tls.server.ja3s", "keyword"},
    {"observer.vendor", "keyword"},
    {"observer.product", "keyword"},
    {"observer.type", "keyword"},
    {"observer.version", "keyword"},
    {"observer.ingress.interface.name", "keyword"},
    {"observer.name", "keyword"},
};

// Of both ends. What a geo look-up adds to the addresses (an ingest pipeline's, for example) finds
// its types too.
constexpr std::initializer_list<EcsField> kEndFields = {
    {"address", "keyword"},
    {"ip", "ip"},
    {"port", "long"},
    {"mac", "keyword"},
    {"bytes", "long"},
    {"packets", "long"},
    {"geo.location", "geo_point"},
    {"geo.continent_name", "keyword"},
    {"geo.country_iso_code", "keyword"},
    {"geo.country_name", "keyword"},
    {"geo.region_iso_code", "keyword"},
    {"geo.region_name", "keyword"},
    {"geo.city_name", "keyword"},
    {"as.number", "long"},
    {"as.organization.name", "keyword"},
};

json MappingOf(const std::string& type) {
  if (type == "keyword") return schema::MappingOf(FieldType::kKeyword);
  return {{"type", type}};
}

}  // namespace

json EcsProperties() {
  json properties = json::object();
  for (const EcsField& field : kFields) PropertyAt(properties, field.path) = MappingOf(field.type);
  for (const char* end : {"source.", "destination."}) {
    for (const EcsField& field : kEndFields) {
      PropertyAt(properties, std::string(end) + field.path) = MappingOf(field.type);
    }
  }
  return properties;
}

}  // namespace espcap::schema
