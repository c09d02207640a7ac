// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/ecs_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "encode/address_text.h"
#include "encode/community_id.h"
#include "encode/ecs_words.h"
#include "encode/json_text.h"
#include "encode/time_text.h"
#include "encode/url_parts.h"
#include "schema/ecs_fields.h"

namespace espcap::encode {
namespace {

constexpr size_t kMostAnswers = 256;  // a bound for hostile packets
constexpr unsigned kServerHello = 2;

std::string TextOf(const field_info& field) {
  const auto text = wireshark::DisplayText(field);
  return text == nullptr ? std::string() : std::string(text.get());
}

std::optional<uint64_t> NumberOf(const field_info& field) {
  switch (field.hfinfo->type) {
    case FT_CHAR:
    case FT_UINT8:
    case FT_UINT16:
    case FT_UINT24:
    case FT_UINT32:
      return wireshark::Uint32(field);
    case FT_UINT40:
    case FT_UINT48:
    case FT_UINT56:
    case FT_UINT64:
      return wireshark::Uint64(field);
    default:
      break;
  }
  // A header line's.
  const std::string text = TextOf(field);
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

uint32_t Code(const field_info& field) {
  return static_cast<uint32_t>(NumberOf(field).value_or(0));
}

// The first word of the value's name, "A" of "A (Host Address)"; the number where it has none.
std::string NameOf(const field_info& field) {
  const header_field_info& info = *field.hfinfo;
  const uint32_t value = Code(field);
  constexpr int kOther =
      BASE_RANGE_STRING | BASE_VAL64_STRING | BASE_UNIT_STRING | BASE_PROTOCOL_INFO;
  if (info.strings == nullptr || (info.display & kOther) != 0) return std::to_string(value);
  const char* name =
      (info.display & BASE_EXT_STRING) != 0
          ? try_val_to_str_ext(value,
                               static_cast<value_string_ext*>(const_cast<void*>(info.strings)))
          : try_val_to_str(value, static_cast<const value_string*>(info.strings));
  if (name == nullptr) return std::to_string(value);
  const std::string_view text = name;
  return std::string(text.substr(0, text.find(' ')));
}

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

void EcsCollector::AppendMembers(ByteBuffer& out, const epan_dissect_t& dissection) {
  document_.Clear();
  found_ = {};
  Walk(dissection.tree);
  AddFrame(dissection.pi);
  AddEnds(dissection.pi);
  AddNetwork(dissection.pi);
  AddFlow(dissection.pi);
  AddDnsAnswers();
  AddTls();
  AddHttp();
  document_.AppendMembers(out);
}

void EcsCollector::Walk(const proto_node* tree) {
  const proto_node* error = nullptr;  // the ICMP layer that the node is in
  const proto_node* node = tree->first_child;
  while (node != nullptr) {
    if (const field_info* field = PNODE_FINFO(node); field != nullptr) {
      const EcsSource source = sources_.Of(*field->hfinfo);
      if (source == EcsSource::kIcmpLayer) {
        if (error == nullptr) error = node;
      } else if (source != EcsSource::kNone) {
        const bool is_icmp = source == EcsSource::kIcmpType || source == EcsSource::kIcmpCode;
        if (error == nullptr || is_icmp) Take(*field, source);
      }
    }
    if (node->first_child != nullptr) {
      node = node->first_child;
      continue;
    }
    while (node->next == nullptr && node->parent != tree) {
      if (node == error) error = nullptr;
      node = node->parent;
    }
    if (node == error) error = nullptr;
    node = node->next;
  }
}

void EcsCollector::Take(const field_info& field, EcsSource source) {
  switch (source) {
    case EcsSource::kInterface:
      return document_.AddText(EcsField::kObserverInterfaceName, TextOf(field));
    case EcsSource::kVlanId:
      return document_.AddText(document_.Has(EcsField::kNetworkVlanId)
                                   ? EcsField::kNetworkInnerVlanId
                                   : EcsField::kNetworkVlanId,
                               std::to_string(Code(field)));
    case EcsSource::kIpProtocol:
      found_.protocol = static_cast<uint8_t>(Code(field));
      return;
    case EcsSource::kIcmpType:
      if (!found_.icmp_type) found_.icmp_type = static_cast<uint16_t>(Code(field));
      return;
    case EcsSource::kIcmpCode:
      if (!found_.icmp_code) found_.icmp_code = static_cast<uint16_t>(Code(field));
      return;
    default:
      break;
  }
  if (source <= EcsSource::kDnsAnswerData) return TakeDns(field, source);
  if (source <= EcsSource::kHttp2Status) return TakeHttp(field, source);
  TakeTls(field, source);
}

// Of several messages in a frame, the first.
void EcsCollector::TakeDns(const field_info& field, EcsSource source) {
  if (source == EcsSource::kDnsId) ++found_.dns_messages;
  if (found_.dns_messages > 1) return;
  switch (source) {
    case EcsSource::kDnsId:
      return document_.AddText(EcsField::kDnsId, std::to_string(Code(field)));
    case EcsSource::kDnsResponse:
      return document_.AddText(EcsField::kDnsType, wireshark::Boolean(field) ? "answer" : "query");
    case EcsSource::kDnsOpCode:
      return document_.AddText(EcsField::kDnsOpCode, DnsOpCode(Code(field)));
    case EcsSource::kDnsResponseCode: {
      const std::string_view word = DnsResponseCode(Code(field));
      return document_.AddText(EcsField::kDnsResponseCode,
                               word.empty() ? std::to_string(Code(field)) : std::string(word));
    }
    case EcsSource::kDnsFlag:
      if (!wireshark::Boolean(field)) return;
      return document_.AddText(EcsField::kDnsHeaderFlags, DnsFlagName(field.hfinfo->abbrev));
    case EcsSource::kDnsAnswerCount:
      found_.dns_answers = Code(field);
      return;
    case EcsSource::kDnsQuestionName:
      return document_.AddText(EcsField::kDnsQuestionName, TextOf(field));
    case EcsSource::kDnsQuestionType:
      return document_.AddText(EcsField::kDnsQuestionType, NameOf(field));
    case EcsSource::kDnsQuestionClass:
      return document_.AddText(EcsField::kDnsQuestionClass, NameOf(field));
    default:
      TakeDnsAnswer(field, source);
  }
}

// Authorities and additional records look the same, and come after the answers.
void EcsCollector::TakeDnsAnswer(const field_info& field, EcsSource source) {
  std::vector<DnsAnswer>& answers = found_.answers;
  if (source == EcsSource::kDnsAnswerName) {
    if (answers.size() > std::min<uint64_t>(found_.dns_answers, kMostAnswers)) return;
    answers.emplace_back();
    answers.back().name = TextOf(field);
    return;
  }
  if (answers.empty()) return;
  DnsAnswer& answer = answers.back();
  switch (source) {
    case EcsSource::kDnsAnswerType:
      answer.type = NameOf(field);
      return;
    case EcsSource::kDnsAnswerClass:
      answer.record_class = NameOf(field);
      return;
    case EcsSource::kDnsAnswerTtl:
      answer.ttl = Code(field);
      return;
    default:
      if (answer.data.empty()) answer.data = TextOf(field);
      if (source == EcsSource::kDnsAnswerAddress && answers.size() <= found_.dns_answers) {
        document_.AddText(EcsField::kDnsResolvedIp, answer.data);
      }
  }
}

void EcsCollector::TakeHttp(const field_info& field, EcsSource source) {
  switch (source) {
    case EcsSource::kHttp2Method:
      document_.AddText(EcsField::kHttpVersion, "2");
      [[fallthrough]];
    case EcsSource::kHttpMethod:
      return document_.AddText(EcsField::kHttpRequestMethod, TextOf(field));
    case EcsSource::kHttpVersion: {
      const std::string text = TextOf(field);
      const std::string_view version = text;
      return document_.AddText(EcsField::kHttpVersion, version.substr(version.rfind('/') + 1));
    }
    case EcsSource::kHttp2Status:
      document_.AddText(EcsField::kHttpVersion, "2");
      [[fallthrough]];
    case EcsSource::kHttpStatus:
      found_.is_http_response = true;
      if (const auto code = NumberOf(field)) {
        document_.AddNumber(EcsField::kHttpResponseStatusCode, *code);
      }
      return;
    case EcsSource::kHttpReferrer:
      return document_.AddText(EcsField::kHttpRequestReferrer, TextOf(field));
    case EcsSource::kHttpMimeType:
      if (found_.mime_type.empty()) found_.mime_type = TextOf(field);
      return;
    case EcsSource::kHttpBodyBytes:
      if (!found_.body_bytes) found_.body_bytes = NumberOf(field);
      return;
    case EcsSource::kHttpUserAgent:
      return document_.AddText(EcsField::kUserAgentOriginal, TextOf(field));
    case EcsSource::kHttpUri:
    case EcsSource::kHttp2Path:
      // A response has its request's as well.
      if (found_.url_path.empty()) found_.url_path = TextOf(field);
      return;
    case EcsSource::kHttpFullUri:
      if (found_.url_full.empty()) found_.url_full = TextOf(field);
      return;
    case EcsSource::kHttp2Scheme:
      if (found_.url_scheme.empty()) found_.url_scheme = TextOf(field);
      return;
    case EcsSource::kHttpHost:
    case EcsSource::kHttp2Authority:
      if (found_.url_authority.empty()) found_.url_authority = TextOf(field);
      return;
    default:
      return;
  }
}

void EcsCollector::TakeTls(const field_info& field, EcsSource source) {
  const bool is_chosen = found_.tls_handshake == kServerHello;
  switch (source) {
    case EcsSource::kTlsHandshakeType:
      found_.tls_handshake = Code(field);
      return;
    case EcsSource::kTlsVersion:
      if (is_chosen && found_.tls_version.empty()) found_.tls_version = TlsVersion(Code(field));
      return;
    case EcsSource::kTlsChosenVersion:
      if (is_chosen && found_.tls_chosen_version.empty()) {
        found_.tls_chosen_version = TlsVersion(Code(field));
      }
      return;
    case EcsSource::kTlsCipher:
      if (is_chosen) document_.AddText(EcsField::kTlsCipher, NameOf(field));
      return;
    case EcsSource::kTlsProtocol:
      if (is_chosen) document_.AddText(EcsField::kTlsNextProtocol, TextOf(field));
      return;
    case EcsSource::kTlsServerName:
      return document_.AddText(EcsField::kTlsClientServerName, TextOf(field));
    case EcsSource::kTlsJa3:
      return document_.AddText(EcsField::kTlsClientJa3, TextOf(field));
    case EcsSource::kTlsJa3s:
      return document_.AddText(EcsField::kTlsServerJa3s, TextOf(field));
    case EcsSource::kTlsJa4:
      return document_.AddText(EcsField::kTlsClientJa4, TextOf(field));
    default:
      return;
  }
}

void EcsCollector::AddFrame(const packet_info& frame) {
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
