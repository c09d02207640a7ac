// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/index_template.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <utility>

namespace espcap::schema {
namespace {

using nlohmann::json;

struct Field {
  const char* layer;
  const char* key;
  const char* type;
};

// What people search for first, by ek key. Everything else stays in _source. The types are those
// that every value libwireshark writes for the field fits: `long` where the value is decimal,
// `keyword` where it is hexadecimal or a name.
constexpr std::initializer_list<Field> kFields = {
    {"frame", "frame_frame_number", "long"},
    {"frame", "frame_frame_len", "long"},
    {"frame", "frame_frame_time_epoch", "double"},
    {"frame", "frame_frame_protocols", "keyword"},
    {"frame", "frame_frame_interface_name", "keyword"},
    {"eth", "eth_eth_src", "keyword"},
    {"eth", "eth_eth_dst", "keyword"},
    {"vlan", "vlan_vlan_id", "long"},
    {"arp", "arp_arp_opcode", "long"},
    {"arp", "arp_arp_src_proto_ipv4", "ip"},
    {"arp", "arp_arp_dst_proto_ipv4", "ip"},
    {"ip", "ip_ip_version", "long"},
    {"ip", "ip_ip_src", "ip"},
    {"ip", "ip_ip_dst", "ip"},
    {"ip", "ip_ip_proto", "long"},
    {"ip", "ip_ip_ttl", "long"},
    {"ipv6", "ipv6_ipv6_src", "ip"},
    {"ipv6", "ipv6_ipv6_dst", "ip"},
    {"ipv6", "ipv6_ipv6_nxt", "long"},
    {"icmp", "icmp_icmp_type", "long"},
    {"icmp", "icmp_icmp_code", "long"},
    {"icmpv6", "icmpv6_icmpv6_type", "long"},
    {"icmpv6", "icmpv6_icmpv6_code", "long"},
    {"udp", "udp_udp_srcport", "long"},
    {"udp", "udp_udp_dstport", "long"},
    {"udp", "udp_udp_stream", "long"},
    {"tcp", "tcp_tcp_srcport", "long"},
    {"tcp", "tcp_tcp_dstport", "long"},
    {"tcp", "tcp_tcp_stream", "long"},
    {"tcp", "tcp_tcp_len", "long"},
    {"tcp", "tcp_tcp_seq", "long"},
    {"tcp", "tcp_tcp_ack", "long"},
    {"tcp", "tcp_tcp_window_size", "long"},
    {"tcp", "tcp_tcp_flags_str", "keyword"},
    {"tcp", "tcp_tcp_flags_urg", "boolean"},
    {"tcp", "tcp_tcp_flags_ack", "boolean"},
    {"tcp", "tcp_tcp_flags_push", "boolean"},
    {"tcp", "tcp_tcp_flags_reset", "boolean"},
    {"tcp", "tcp_tcp_flags_syn", "boolean"},
    {"tcp", "tcp_tcp_flags_fin", "boolean"},
    {"dns", "dns_dns_id", "keyword"},
    {"dns", "dns_dns_flags_response", "boolean"},
    {"dns", "dns_dns_flags_rcode", "long"},
    {"dns", "dns_dns_qry_name", "keyword"},
    {"dns", "dns_dns_qry_type", "long"},
    {"dns", "dns_dns_a", "ip"},
    {"dns", "dns_dns_aaaa", "ip"},
    {"http", "http_http_host", "keyword"},
    {"http", "http_http_request_method", "keyword"},
    {"http", "http_http_request_uri", "keyword"},
    {"http", "http_http_request_full_uri", "keyword"},
    {"http", "http_http_response_code", "long"},
    {"http", "http_http_user_agent", "keyword"},
    {"http", "http_http_server", "keyword"},
    {"http", "http_http_content_type", "keyword"},
    {"tls", "tls_tls_handshake_type", "long"},
    {"tls", "tls_tls_handshake_extensions_server_name", "keyword"},
};

constexpr int kLongestKeyword = 1024;  // longer strings stay in _source (Lucene refuses 32 KiB)

json FieldMapping(const std::string& type) {
  json mapping = {{"type", type}};
  if (type == "keyword") mapping["ignore_above"] = kLongestKeyword;
  return mapping;
}

// Where the conversion that starts at `text[percent]` ends: %Y, %-d, %Ey, %05d.
size_t EndOfConversion(const std::string& text, size_t percent) {
  constexpr std::string_view kModifiers = "EO_-^#+0123456789";
  const size_t letter = text.find_first_not_of(kModifiers, percent + 1);
  return letter == std::string::npos ? text.size() : letter + 1;
}

// "packets-%Y-%m-%d" → "packets-*": a conversion, and all up to the last one that only
// punctuation parts from it, can be anything.
std::string Wildcards(const std::string& strftime_pattern) {
  std::string pattern;
  std::string punctuation;  // since the last wildcard
  for (size_t i = 0; i < strftime_pattern.size();) {
    if (strftime_pattern[i] != '%') {
      punctuation += strftime_pattern[i++];
      if (std::isalnum(static_cast<unsigned char>(punctuation.back())) == 0 &&
          pattern.ends_with('*')) {
        continue;
      }
      pattern += std::exchange(punctuation, {});
      continue;
    }
    const size_t end = EndOfConversion(strftime_pattern, i);
    if (strftime_pattern.substr(i, end - i) == "%%") {
      pattern += std::exchange(punctuation, {}) + '%';
    } else if (!pattern.ends_with('*')) {
      pattern += '*';
    }
    punctuation.clear();
    i = end;
  }
  return pattern + punctuation;
}

std::string TemplateName(const std::string& index_pattern) {
  std::string name = "espcap-" + index_pattern;
  name.erase(std::remove(name.begin(), name.end(), '*'), name.end());
  while (name.back() == '-' || name.back() == '.' || name.back() == '_') name.pop_back();
  return name;
}

}  // namespace

IndexTemplate PacketTemplate(const std::string& index_pattern) {
  json properties = {{"timestamp", {{"type", "date"}, {"format", "epoch_millis"}}}};
  json& layers = properties["layers"];
  layers["dynamic"] = false;
  for (const Field& field : kFields) {
    json& layer = layers["properties"][field.layer];
    layer["properties"][field.key] = FieldMapping(field.type);
  }
  const std::string pattern = Wildcards(index_pattern);
  const json body = {
      {"index_patterns", {pattern}},
      {"template",
       {{"settings",
         {{"index.mapping.ignore_malformed", true}, {"index.codec", "best_compression"}}},
        {"mappings", {{"dynamic", false}, {"properties", properties}}}}},
      {"_meta", {{"description", "packets, as espcap " ESPCAP_VERSION " writes them"}}}};
  return {TemplateName(pattern), pattern, body.dump()};
}

}  // namespace espcap::schema
