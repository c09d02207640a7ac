// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/ecs_document.h"

#include <algorithm>

#include "encode/json_text.h"

namespace espcap::encode {
namespace {

constexpr std::array<std::string_view, kEcsFieldCount> kPaths = {
    "@timestamp",
    "destination.address",
    "destination.as.number",
    "destination.as.organization.name",
    "destination.geo.city_name",
    "destination.geo.continent_name",
    "destination.geo.country_iso_code",
    "destination.geo.country_name",
    "destination.geo.location",
    "destination.geo.region_iso_code",
    "destination.geo.region_name",
    "destination.ip",
    "destination.mac",
    "destination.port",
    "dns.answers",
    "dns.header_flags",
    "dns.id",
    "dns.op_code",
    "dns.question.class",
    "dns.question.name",
    "dns.question.type",
    "dns.resolved_ip",
    "dns.response_code",
    "dns.type",
    "ecs.version",
    "event.category",
    "event.dataset",
    "event.kind",
    "event.module",
    "event.sequence",
    "event.type",
    "http.request.body.bytes",
    "http.request.method",
    "http.request.mime_type",
    "http.request.referrer",
    "http.response.body.bytes",
    "http.response.mime_type",
    "http.response.status_code",
    "http.version",
    "message",
    "network.bytes",
    "network.community_id",
    "network.direction",
    "network.iana_number",
    "network.inner.vlan.id",
    "network.packets",
    "network.protocol",
    "network.transport",
    "network.type",
    "network.vlan.id",
    "observer.ingress.interface.name",
    "observer.name",
    "observer.product",
    "observer.type",
    "observer.vendor",
    "observer.version",
    "related.ip",
    "source.address",
    "source.as.number",
    "source.as.organization.name",
    "source.bytes",
    "source.geo.city_name",
    "source.geo.continent_name",
    "source.geo.country_iso_code",
    "source.geo.country_name",
    "source.geo.location",
    "source.geo.region_iso_code",
    "source.geo.region_name",
    "source.ip",
    "source.mac",
    "source.packets",
    "source.port",
    "tls.cipher",
    "tls.client.ja3",
    "tls.client.ja4",
    "tls.client.server_name",
    "tls.next_protocol",
    "tls.server.ja3s",
    "tls.version",
    "tls.version_protocol",
    "url.domain",
    "url.full",
    "url.original",
    "url.path",
    "url.port",
    "url.query",
    "url.scheme",
    "user_agent.original",
};
static_assert(std::is_sorted(kPaths.begin(), kPaths.end()));

constexpr std::array kLists = {EcsField::kDnsAnswers,    EcsField::kDnsHeaderFlags,
                               EcsField::kDnsResolvedIp, EcsField::kEventCategory,
                               EcsField::kEventType,     EcsField::kRelatedIp};

bool IsList(EcsField field) {
  return std::find(kLists.begin(), kLists.end(), field) != kLists.end();
}

// "dns.question." of "dns.question.name"; "dns." of "dns.question.".
std::string_view ObjectOf(std::string_view path) {
  if (path.ends_with('.')) path.remove_suffix(1);
  return path.substr(0, path.rfind('.') + 1);
}

}  // namespace

std::string_view EcsPath(EcsField field) { return kPaths.at(static_cast<size_t>(field)); }

void EcsDocument::Clear() {
  texts_.Clear();
  values_.clear();
  firsts_ = NoValues();
}

bool EcsDocument::Accepts(EcsField field) const { return IsList(field) || !Has(field); }

// What was appended to the texts from `start` on.
void EcsDocument::AddValue(EcsField field, size_t start) {
  const Value added{start, texts_.size() - start, kNone};
  uint32_t* link = &firsts_.at(static_cast<size_t>(field));
  for (size_t count = 0; *link != kNone; link = &values_[*link].next) {
    // A zone's transfer ends as it begins.
    const bool is_there = field != EcsField::kDnsAnswers && Text(values_[*link]) == Text(added);
    if (is_there || ++count == kMaxListed) return texts_.Truncate(start);
  }
  *link = static_cast<uint32_t>(values_.size());
  values_.push_back(added);
}

void EcsDocument::AddText(EcsField field, std::string_view text) {
  if (text.empty() || !Accepts(field)) return;
  const size_t start = texts_.size();
  AppendJsonString(texts_, text);
  AddValue(field, start);
}

void EcsDocument::AddNumber(EcsField field, uint64_t number) {
  if (!Accepts(field)) return;
  const size_t start = texts_.size();
  AppendDecimal(texts_, number);
  AddValue(field, start);
}

void EcsDocument::AddJson(EcsField field, std::string_view json) {
  if (!Accepts(field)) return;
  const size_t start = texts_.size();
  texts_.Append(json);
  AddValue(field, start);
}

void EcsDocument::AppendValues(ByteBuffer& out, EcsField field) const {
  const bool is_list = IsList(field);
  if (is_list) out.Append('[');
  bool comma = false;
  for (uint32_t i = firsts_.at(static_cast<size_t>(field)); i != kNone; i = values_[i].next) {
    if (comma) out.Append(',');
    comma = true;
    out.Append(Text(values_[i]));
  }
  if (is_list) out.Append(']');
}

void EcsDocument::AppendMembers(ByteBuffer& out) const {
  std::string_view open;  // the object that is being written: "dns.question."
  bool comma = true;
  const auto append_key = [&](std::string_view key) {
    if (comma) out.Append(',');
    out.Append('"');
    out.Append(key);
    out.Append(R"(":)");
  };
  const auto close_to = [&](std::string_view object) {
    for (; !object.starts_with(open); open = ObjectOf(open)) {
      out.Append('}');
      comma = true;
    }
  };
  for (size_t i = 0; i < kEcsFieldCount; ++i) {
    if (firsts_.at(i) == kNone) continue;
    const std::string_view path = kPaths.at(i);
    const std::string_view object = ObjectOf(path);
    close_to(object);
    while (open.size() < object.size()) {
      const size_t end = object.find('.', open.size());
      append_key(object.substr(open.size(), end - open.size()));
      out.Append('{');
      comma = false;
      open = object.substr(0, end + 1);
    }
    append_key(path.substr(object.size()));
    AppendValues(out, static_cast<EcsField>(i));
    comma = true;
  }
  close_to("");
}

}  // namespace espcap::encode
