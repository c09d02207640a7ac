// SPDX-License-Identifier: GPL-2.0-or-later
//
// The collector's other half: what was found in a frame, and the frame's own addresses, become ECS
// fields of its document.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "dissect/geo_databases.h"
#include "encode/address_text.h"
#include "encode/community_id.h"
#include "encode/ecs_collector.h"
#include "encode/ecs_words.h"
#include "encode/json_text.h"
#include "encode/time_text.h"
#include "encode/url_parts.h"
#include "schema/ecs_fields.h"

namespace espcap::encode {
namespace {

std::span<const uint8_t> BytesOf(const address& from) {
  return {static_cast<const uint8_t*>(from.data), static_cast<size_t>(from.len)};
}

std::string IpText(const address& from) {
  std::array<char, kMaxIpv6Text> text{};
  const std::span<const uint8_t> bytes = BytesOf(from);
  char* end = text.data();
  if (from.type == AT_IPv4) {
    uint32_t value = 0;
    for (const uint8_t byte : bytes) value = value << 8U | byte;
    end = WriteIpv4(end, value);
  } else if (from.type == AT_IPv6) {
    end = WriteIpv6(end, bytes.data());
  }
  return {text.data(), static_cast<size_t>(end - text.data())};
}

// As ECS wants it: RFC 7042's form.
std::string MacText(const address& from) {
  if (from.type != AT_ETHER) return {};
  std::string text;
  for (const uint8_t byte : BytesOf(from)) {
    text += fmt::format("{}{:02X}", text.empty() ? "" : "-", byte);
  }
  return text;
}

// Where an address is and whose, at one end of the flow.
struct PlaceFields {
  EcsField continent, country_iso, country, region_iso, region, city, location;
  EcsField as_number, as_organization;
};

constexpr PlaceFields kSourcePlace = {
    EcsField::kSourceGeoContinentName,  EcsField::kSourceGeoCountryIsoCode,
    EcsField::kSourceGeoCountryName,    EcsField::kSourceGeoRegionIsoCode,
    EcsField::kSourceGeoRegionName,     EcsField::kSourceGeoCityName,
    EcsField::kSourceGeoLocation,       EcsField::kSourceAsNumber,
    EcsField::kSourceAsOrganizationName};
constexpr PlaceFields kDestinationPlace = {
    EcsField::kDestinationGeoContinentName,  EcsField::kDestinationGeoCountryIsoCode,
    EcsField::kDestinationGeoCountryName,    EcsField::kDestinationGeoRegionIsoCode,
    EcsField::kDestinationGeoRegionName,     EcsField::kDestinationGeoCityName,
    EcsField::kDestinationGeoLocation,       EcsField::kDestinationAsNumber,
    EcsField::kDestinationAsOrganizationName};

void AddPlace(EcsDocument& document, const dissect::GeoRecord& record, const PlaceFields& fields) {
  document.AddText(fields.continent, record.continent);
  document.AddText(fields.country_iso, record.country_iso);
  document.AddText(fields.country, record.country);
  // As ISO 3166-2 has it; a database has what follows the country.
  if (!record.country_iso.empty() && !record.region_iso.empty()) {
    document.AddText(fields.region_iso, record.country_iso + "-" + record.region_iso);
  }
  document.AddText(fields.region, record.region);
  document.AddText(fields.city, record.city);
  if (record.latitude && record.longitude) {
    document.AddJson(fields.location, fmt::format(R"({{"lat":{:f},"lon":{:f}}})", *record.latitude,
                                                  *record.longitude));
  }
  if (record.as_number != 0) document.AddNumber(fields.as_number, record.as_number);
  document.AddText(fields.as_organization, record.as_organization);
}

bool IsIp(const packet_info& frame) {
  return frame.net_src.type == frame.net_dst.type &&
         (frame.net_src.type == AT_IPv4 || frame.net_src.type == AT_IPv6);
}

std::optional<uint8_t> ProtocolOfPorts(const packet_info& frame) {
  switch (frame.ptype) {
    case PT_TCP:
      return uint8_t{6};
    case PT_UDP:
      return uint8_t{17};
    case PT_DCCP:
      return uint8_t{33};
    case PT_SCTP:
      return uint8_t{132};
    default:
      return std::nullopt;
  }
}

// The first layer above the innermost transport that is more than a carrier.
std::string_view ApplicationOf(const packet_info& frame) {
  constexpr std::array<std::string_view, 5> kTransports = {"tcp", "udp", "sctp", "dccp", "udplite"};
  bool is_above = false;
  std::string_view application;
  for (wmem_list_frame_t* at = wmem_list_head(frame.layers); at != nullptr;
       at = wmem_list_frame_next(at)) {
    const char* name = proto_get_protocol_filter_name(GPOINTER_TO_INT(wmem_list_frame_data(at)));
    if (name == nullptr) continue;
    const std::string_view layer = name;
    if (layer == "icmp" || layer == "icmpv6") break;  // within is another packet
    if (std::find(kTransports.begin(), kTransports.end(), layer) != kTransports.end()) {
      is_above = true;
      application = {};
    } else if (is_above && application.empty() && !IsCarrier(layer)) {
      application = layer;
    }
  }
  return application;
}

std::string_view WithoutParameters(std::string_view mime_type) {
  mime_type = mime_type.substr(0, mime_type.find(';'));
  while (mime_type.ends_with(' ')) mime_type.remove_suffix(1);
  return mime_type;
}

}  // namespace

void EcsCollector::AppendMembers(ByteBuffer& out, const epan_dissect_t& dissection,
                                 std::string_view sensor, std::string_view message) {
  document_.Clear();
  found_ = {};
  Walk(dissection.tree);
  AddFrame(dissection.pi, sensor);
  AddEnds(dissection.pi);
  AddNetwork(dissection.pi);
  AddFlow(dissection.pi);
  AddDnsAnswers();
  AddTls();
  AddHttp();
  document_.AddText(EcsField::kMessage, message);
  document_.AppendMembers(out);
}

void EcsCollector::AddFrame(const packet_info& frame, std::string_view sensor) {
  ByteBuffer time;
  AppendEcsTime(time, frame.abs_ts);
  document_.AddJson(EcsField::kTimestamp, time.view());
  document_.AddText(EcsField::kEcsVersion, schema::kEcsVersion);
  document_.AddText(EcsField::kEventKind, "event");
  document_.AddText(EcsField::kEventCategory, "network");
  document_.AddText(EcsField::kEventType, "info");
  document_.AddText(EcsField::kEventModule, "espcap");
  document_.AddText(EcsField::kEventDataset, "espcap.packet");
  document_.AddNumber(EcsField::kEventSequence, frame.num);
  document_.AddText(EcsField::kObserverName, sensor);
  document_.AddText(EcsField::kObserverProduct, "espcap");
  document_.AddText(EcsField::kObserverVendor, "espcap");
  document_.AddText(EcsField::kObserverType, "sensor");
  document_.AddText(EcsField::kObserverVersion, ESPCAP_VERSION);
}

void EcsCollector::AddEnds(const packet_info& frame) {
  document_.AddText(EcsField::kSourceMac, MacText(frame.dl_src));
  document_.AddText(EcsField::kDestinationMac, MacText(frame.dl_dst));
  if (IsIp(frame)) {
    const std::string source = IpText(frame.net_src);
    const std::string destination = IpText(frame.net_dst);
    document_.AddText(EcsField::kSourceIp, source);
    document_.AddText(EcsField::kSourceAddress, source);
    document_.AddText(EcsField::kDestinationIp, destination);
    document_.AddText(EcsField::kDestinationAddress, destination);
    document_.AddText(EcsField::kRelatedIp, source);
    document_.AddText(EcsField::kRelatedIp, destination);
    for (const auto& [end, fields] : {std::pair(&frame.net_src, &kSourcePlace),
                                      std::pair(&frame.net_dst, &kDestinationPlace)}) {
      const dissect::GeoRecord* place = dissect::LookUpGeo(BytesOf(*end));
      if (place != nullptr) AddPlace(document_, *place, *fields);
    }
  }
  if (ProtocolOfPorts(frame) && !found_.icmp_type) {
    document_.AddNumber(EcsField::kSourcePort, frame.srcport);
    document_.AddNumber(EcsField::kDestinationPort, frame.destport);
  }
  document_.AddNumber(EcsField::kSourceBytes, frame.fd->pkt_len);
  document_.AddNumber(EcsField::kSourcePackets, 1);
}

void EcsCollector::AddNetwork(const packet_info& frame) {
  document_.AddNumber(EcsField::kNetworkBytes, frame.fd->pkt_len);
  document_.AddNumber(EcsField::kNetworkPackets, 1);
  if (IsIp(frame)) {
    document_.AddText(EcsField::kNetworkType, frame.net_src.type == AT_IPv4 ? "ipv4" : "ipv6");
  }
  const std::optional<uint8_t> protocol =
      found_.protocol ? found_.protocol : ProtocolOfPorts(frame);
  if (protocol) {
    document_.AddText(EcsField::kNetworkIanaNumber, std::to_string(*protocol));
    document_.AddText(EcsField::kNetworkTransport, TransportName(*protocol));
  }
  if (const std::string_view application = ApplicationOf(frame); !application.empty()) {
    document_.AddText(EcsField::kNetworkProtocol, application);
    document_.AddText(EcsField::kEventType, "protocol");
  }
  const auto add_vlan = [this](EcsField field, const std::optional<uint32_t>& id) {
    if (id) document_.AddText(field, std::to_string(*id));
  };
  add_vlan(EcsField::kNetworkVlanId, found_.outer_vlan);
  add_vlan(EcsField::kNetworkInnerVlanId, found_.inner_vlan);
  if (frame.p2p_dir == P2P_DIR_SENT) document_.AddText(EcsField::kNetworkDirection, "egress");
  if (frame.p2p_dir == P2P_DIR_RECV) document_.AddText(EcsField::kNetworkDirection, "ingress");
}

void EcsCollector::AddFlow(const packet_info& frame) {
  if (!IsIp(frame)) return;
  Flow flow{BytesOf(frame.net_src), BytesOf(frame.net_dst)};
  const auto of_ports = ProtocolOfPorts(frame);
  if (found_.icmp_type) {
    constexpr uint8_t kIcmp = 1;
    constexpr uint8_t kIcmpV6 = 58;
    flow.protocol = frame.net_src.type == AT_IPv4 ? kIcmp : kIcmpV6;
    flow.has_ports = true;
    flow.source_port = *found_.icmp_type;
    flow.destination_port = found_.icmp_code.value_or(0);
  } else if (of_ports && frame.ptype != PT_DCCP) {
    flow.protocol = *of_ports;
    flow.has_ports = true;
    flow.source_port = static_cast<uint16_t>(frame.srcport);
    flow.destination_port = static_cast<uint16_t>(frame.destport);
  } else if (found_.protocol) {
    flow.protocol = *found_.protocol;
  } else {
    return;
  }
  document_.AddText(EcsField::kNetworkCommunityId, CommunityId(flow));
}

void EcsCollector::AddDnsAnswers() {
  ByteBuffer json;
  const size_t count = std::min<uint64_t>(found_.answers.size(), found_.dns_answers);
  for (size_t i = 0; i < count; ++i) {
    const DnsAnswer& answer = found_.answers[i];
    json.Clear();
    json.Append(R"({"name":)");
    AppendJsonString(json, answer.name);
    json.Append(R"(,"type":)");
    AppendJsonString(json, answer.type);
    json.Append(R"(,"class":)");
    AppendJsonString(json, answer.record_class);
    json.Append(R"(,"ttl":)");
    AppendDecimal(json, answer.ttl);
    if (!answer.data.empty()) {
      json.Append(R"(,"data":)");
      AppendJsonString(json, answer.data);
    }
    json.Append('}');
    document_.AddJson(EcsField::kDnsAnswers, json.view());
  }
}

void EcsCollector::AddTls() {
  // From 1.3 on, the old field holds 1.2 for the sake of boxes on the way.
  const std::string& version =
      found_.tls_chosen_version.empty() ? found_.tls_version : found_.tls_chosen_version;
  if (version.empty()) return;
  document_.AddText(EcsField::kTlsVersion, version);
  document_.AddText(EcsField::kTlsVersionProtocol,
                    version == "2.0" || version == "3.0" ? "ssl" : "tls");
}

void EcsCollector::AddHttp() {
  const bool is_response = found_.is_http_response;
  document_.AddText(is_response ? EcsField::kHttpResponseMimeType : EcsField::kHttpRequestMimeType,
                    WithoutParameters(found_.mime_type));
  if (found_.body_bytes) {
    document_.AddNumber(
        is_response ? EcsField::kHttpResponseBodyBytes : EcsField::kHttpRequestBodyBytes,
        *found_.body_bytes);
  }
  document_.AddText(EcsField::kUrlOriginal, found_.url_path);
  if (!found_.url_full.empty()) return AddUrl(found_.url_full);
  if (!found_.url_scheme.empty() && !found_.url_authority.empty()) {
    return AddUrl(found_.url_scheme + "://" + found_.url_authority + found_.url_path);
  }
  if (!found_.url_path.empty()) AddUrl(found_.url_path);
  UrlParts parts;
  SplitAuthority(found_.url_authority, parts);
  document_.AddText(EcsField::kUrlDomain, parts.domain);
}

void EcsCollector::AddUrl(std::string_view url) {
  const UrlParts parts = SplitUrl(url);
  if (!parts.scheme.empty()) document_.AddText(EcsField::kUrlFull, url);
  document_.AddText(EcsField::kUrlScheme, parts.scheme);
  document_.AddText(EcsField::kUrlDomain, parts.domain);
  document_.AddText(EcsField::kUrlPath, parts.path);
  document_.AddText(EcsField::kUrlQuery, parts.query);
  uint16_t port = 0;
  const char* end = parts.port.data() + parts.port.size();
  if (const auto [at, error] = std::from_chars(parts.port.data(), end, port);
      error == std::errc() && at == end && !parts.port.empty()) {
    document_.AddNumber(EcsField::kUrlPort, port);
  }
}

}  // namespace espcap::encode
