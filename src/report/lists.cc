// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/lists.h"

#include <fmt/format.h>

#include "report/quoting.h"
#include "report/value_names.h"

namespace espcap::report {
namespace {

constexpr const char* kServerName = "layers.tls.tls_tls_handshake_extensions_server_name";
constexpr const char* kHandshakeType = "layers.tls.tls_tls_handshake_type";
constexpr const char* kVersion = "layers.tls.tls_tls_handshake_version";
constexpr const char* kSupportedVersion =
    "layers.tls.tls_tls_handshake_extensions_supported_version";
constexpr const char* kCipher = "layers.tls.tls_tls_handshake_ciphersuite";
constexpr const char* kExpert = "layers._ws_expert._ws_expert__ws_expert_";

std::string Hello(char type) { return fmt::format("{}:{}", kHandshakeType, type); }

}  // namespace

const std::vector<List>& TrafficLists() {
  constexpr char kClientHello = '1';
  constexpr char kServerHello = '2';
  static const std::vector<List> lists = {
      {.id = "talkers",
       .title = "Top talkers",
       .sentence = "Packets with the address at either end, by bytes.",
       .names = "address",
       .fields = {{.path = "layers.ip.ip_ip_addr"}, {.path = "layers.ipv6.ipv6_ipv6_addr"}},
       .by_bytes = true},
      {.id = "dns",
       .title = "Names asked",
       .sentence = "DNS queries, without their responses.",
       .names = "name",
       .fields = {{.path = "layers.dns.dns_dns_qry_name",
                   .filter = "layers.dns.dns_dns_flags_response:false"}}},
      {.id = "tls-names",
       .title = "TLS server names",
       .sentence = "Client hellos with this server name (SNI).",
       .names = "name",
       .fields = {{.path = kServerName, .filter = Hello(kClientHello)}}},
      {.id = "http-hosts",
       .title = "HTTP hosts",
       .sentence = "HTTP requests to this host.",
       .names = "host",
       .fields = {{.path = "layers.http.http_http_host"}}},
      {.id = "tls-versions",
       .title = "TLS versions",
       .sentence = "Server hellos, by the version that the server chose.",
       .names = "version",
       .fields = {{.path = kSupportedVersion, .filter = Hello(kServerHello)},
                  {.path = kVersion,
                   .filter = fmt::format("({} AND NOT _exists_:{})", Hello(kServerHello),
                                         kSupportedVersion)}},
       .name = TlsVersionName},
      {.id = "tls-ciphers",
       .title = "TLS ciphers",
       .sentence = "Server hellos, by the cipher suite that the server chose.",
       .names = "cipher suite",
       .fields = {{.path = kCipher, .filter = Hello(kServerHello)}},
       .name = CipherSuiteName},
      {.id = "ports",
       .title = "Ports",
       .sentence = "Packets with the port at either end.",
       .names = "port",
       .fields = {{.path = "layers.tcp.tcp_tcp_port", .prefix = "tcp ", .is_text = false},
                  {.path = "layers.udp.udp_udp_port", .prefix = "udp ", .is_text = false},
                  {.path = "layers.sctp.sctp_sctp_port", .prefix = "sctp ", .is_text = false}}},
      {.id = "expert-severities",
       .title = "Expert infos by severity",
       .sentence = "Packets in which Wireshark finds something of this severity.",
       .names = "severity",
       .fields = {{.path = std::string(kExpert) + "severity", .is_text = false}},
       .name = SeverityName},
      {.id = "expert",
       .title = "Expert infos",
       .sentence = "Packets in which Wireshark finds this.",
       .names = "message",
       .fields = {{.path = std::string(kExpert) + "message"}}},
  };
  return lists;
}

const std::vector<List>& SourceLists() {
  static const std::vector<List> lists = {
      {.id = "sensors",
       .title = "Sensors",
       .sentence = "Packets that this sensor captured.",
       .names = "sensor",
       .fields = {{.path = "espcap.sensor"}}},
      {.id = "files",
       .title = "Files",
       .sentence = "Packets that are in this file. A byte without a letter is %XX.",
       .names = "file",
       .fields = {{.path = "espcap.file"}}},
  };
  return lists;
}

std::string QueryOfValue(const ListedField& field, std::string_view value) {
  const std::string quoted = field.is_text ? LucenePhrase(value) : LuceneWord(value);
  const std::string query = fmt::format("{}:{}", field.path, quoted);
  return field.filter.empty() ? query : fmt::format("{} AND {}", field.filter, query);
}

std::string_view TopLayer(std::string_view stack) { return stack.substr(stack.rfind(':') + 1); }

std::string QueryOfTopLayer(std::string_view layer) {
  const std::string word = LuceneWord(layer);
  return fmt::format(R"({}:({} OR *\:{}))", kStacks, LucenePhrase(layer), word);
}

const std::vector<AddressFields>& ConversationFields() {
  static const std::vector<AddressFields> fields = {
      {"layers.ip.ip_ip_src", "layers.ip.ip_ip_dst"},
      {"layers.ipv6.ipv6_ipv6_src", "layers.ipv6.ipv6_ipv6_dst"}};
  return fields;
}

std::string QueryOfConversation(const AddressFields& fields, std::string_view a,
                                std::string_view b) {
  const auto way = [&fields](std::string_view from, std::string_view to) {
    return fmt::format("({}:{} AND {}:{})", fields.from, LucenePhrase(from), fields.to,
                       LucenePhrase(to));
  };
  return a == b ? way(a, b) : fmt::format("({} OR {})", way(a, b), way(b, a));
}

}  // namespace espcap::report
