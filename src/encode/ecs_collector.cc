// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/ecs_collector.h"

#include <charconv>
#include <string>
#include <string_view>

#include "encode/ecs_words.h"
#include "schema/ecs_fields.h"

namespace espcap::encode {
namespace {

constexpr size_t kMaxAnswers = 256;  // a bound for hostile packets
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

}  // namespace

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
        if (error == nullptr || is_icmp) Add(*field, source);
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

void EcsCollector::Add(const field_info& field, EcsSource source) {
  switch (source) {
    case EcsSource::kInterface:
      return document_.AddText(EcsField::kObserverInterfaceName, TextOf(field));
    case EcsSource::kVlanId:
      return AddVlan(Code(field));
    case EcsSource::kEthernet:
      ++found_.ethernet_headers;
      return;
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
  if (source <= EcsSource::kDnsAnswerData) return AddDns(field, source);
  if (source <= EcsSource::kHttp2Status) return AddHttp(field, source);
  AddTls(field, source);
}

// The frame's own tags, from the outermost to the innermost. Those behind a network layer, or
// behind another Ethernet header, belong to what is in a tunnel.
void EcsCollector::AddVlan(uint32_t id) {
  if (found_.protocol || found_.ethernet_headers > 1) return;
  (found_.outer_vlan ? found_.inner_vlan : found_.outer_vlan) = id;
}

// Of several messages in a frame, the first.
void EcsCollector::AddDns(const field_info& field, EcsSource source) {
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
      AddDnsAnswer(field, source);
  }
}

// Authorities and additional records look the same, and come after the answers.
void EcsCollector::AddDnsAnswer(const field_info& field, EcsSource source) {
  std::vector<DnsAnswer>& answers = found_.answers;
  if (source == EcsSource::kDnsAnswerName) {
    if (answers.size() > std::min<uint64_t>(found_.dns_answers, kMaxAnswers)) return;
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

void EcsCollector::AddHttp(const field_info& field, EcsSource source) {
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

void EcsCollector::AddTls(const field_info& field, EcsSource source) {
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

}  // namespace espcap::encode
