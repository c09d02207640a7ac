// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/layer_places.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "schema/words.h"

namespace espcap::schema {
namespace {

struct Places {
  const char* layer;       // whose fields
  const char* containers;  // paths, with spaces between them; '.' alone is `layers` itself
  const char* key_start;   // only of keys that begin so
};

// As found in captures of some 400 protocols. libwireshark's registry doesn't tell it: which
// dissector calls which, and with which tree, is in their code.
constexpr std::initializer_list<Places> kPlaces = {
    {"ah", "icmpv6.ipv6.ah ipv6.ah", ""},
    {"arp", "sflow.arp", ""},
    {"arp", ".", "arp_arp_duplicate"},
    {"arp", ".", "arp_arp_seconds"},
    {"browser", "lanman srvsvc", ""},
    {"can", "canfd", ""},
    {"cip", "enip", "cip_cip_id"},
    {"cms", "kerberos", ""},
    {"data", "http.data icmp.data icmpv6.data mime_multipart.data", ""},
    {"dcerpc", "drsuapi epm isystemactivator lsarpc samr smb2 srvsvc wkssvc", ""},
    {"dcom", "isystemactivator", ""},
    {"dec_dna", ".", ""},
    {"dhcpv6", "dhcpv6.dhcpv6", ""},
    {"dns", "icmp.llmnr icmpv6.llmnr llmnr mdns sflow.dns", ""},
    {"e164", "camel gtp", ""},
    {"e212", "bssgp diameter gtp pfcp", ""},
    {"eap", "pana.eap radius.eap", ""},
    {"eth", "openflow_v1.eth openflow_v4.eth sflow.eth", ""},
    {"eth", "sll vlan", "eth_eth_padding"},
    {"frame", "pkt_comment", "frame_frame_comment"},
    {"ftp", ".", "ftp_ftp-data"},
    {"ftp", ".", "ftp_ftp_current"},
    {"gsm_a_gm", "bssgp gsm_a_dtap gtp", ""},
    {"gss-api", "dcerpc.gss-api dns.gss-api ldap.gss-api smb.gss-api smb2.gss-api", ""},
    {"http", "sflow.http ssdp", ""},
    {"http2", "http", "http2_http2_settings"},
    {"icmp", "icmp.icmp nhrp.icmp sflow.icmp", ""},
    {"icmp", "icmpv6", "icmp_icmp_ext"},
    {"icmp", "icmpv6", "icmp_icmp_mpls"},
    {"icmpv6", "icmpv6.icmpv6 sflow.icmpv6", ""},
    {"ieee8021ah", "ieee8021ad ieee8021ah.ieee8021ah", ""},
    {"imf", "imf.mime_multipart.imf", ""},
    {"ip", "icmp.ip nhrp.ip openflow_v4.ip sflow.ip wlan_aggregate.ip", ""},
    {"ipcp", "gsm_a_dtap.ipcp gtp.ipcp", ""},
    {"ipv6", "icmpv6.ipv6 sflow.ipv6", ""},
    {"ipv6", "ipv6.ipv6_dstopts ipv6.ipv6_hopopts", "ipv6_ipv6_opt"},
    {"ipv6_dstopts", "icmpv6.ipv6.ipv6_dstopts ipv6.ipv6_dstopts", ""},
    {"ipv6_fraghdr", "icmpv6.ipv6.ipv6_fraghdr ipv6.ipv6_fraghdr", ""},
    {"ipv6_hopopts", "icmpv6.ipv6.ipv6_hopopts ipv6.ipv6_hopopts", ""},
    {"ipv6_routing", "icmpv6.ipv6.ipv6_routing ipv6.ipv6_routing", ""},
    {"irc", "irc.irc", "irc_irc_ctcp"},
    {"isis_csnp", "isis_psnp", ""},
    {"isup", "camel", ""},
    {"json", "db-lsp-disc.json http2.json", ""},
    {"juniper", ".", ""},
    {"kerberos",
     "dcerpc.gss-api.spnego dcerpc.gss-api.spnego.kerberos dns.gss-api.spnego.kerberos "
     "ldap.gss-api.spnego.kerberos "
     "ldap.spnego.kerberos smb.gss-api.spnego.kerberos smb2.gss-api.spnego.kerberos",
     ""},
    {"llc", "openflow_v1.llc wlan_aggregate.llc", ""},
    {"mime_multipart", "imf.mime_multipart imf.mime_multipart.mime_multipart", ""},
    {"mipv6", "icmpv6.ipv6.mipv6 ipv6.mipv6", ""},
    {"mptcp", "tcp tcp.mptcp", ""},
    {"nfs", "mount nfsacl", ""},
    {"ns_cert_exts", "dtls tls", ""},
    {"ntlmssp",
     "dcerpc.gss-api.spnego.ntlmssp dcerpc.ntlmssp http.ntlmssp ldap.gss-api.ntlmssp ldap.ntlmssp "
     "smb.gss-api.ntlmssp smb.gss-api.spnego.ntlmssp smb.ntlmssp smb2.gss-api.spnego.ntlmssp "
     "smb2.ntlmssp tds.ntlmssp",
     ""},
    {"ntlmssp", "dcerpc smb.gss-api.spnego smb2.gss-api.spnego", "ntlmssp_ntlmssp_verf"},
    {"ocsp", "tls.ocsp", ""},
    {"pap", "gtp.pap", ""},
    {"pkcs-1", "dtls isakmp kerberos ocsp opcua rdpudp.tls tls tls.ocsp", ""},
    {"pkinit", "kerberos", ""},
    {"pkix1explicit", "kerberos ocsp tls tls.ocsp", ""},
    {"pkix1implicit", "ocsp tls tls.ocsp", ""},
    {"pkixalgs", "dtls isakmp kerberos ocsp opcua rdpudp.tls tls tls.ocsp", ""},
    {"ppp", "gsm_a_dtap.ipcp gtp.ipcp ipcp ipv6cp lcp", ""},
    {"pppoe", "pppoed pppoes", ""},
    {"rpc", "mount nfs nfsacl portmap", ""},
    {"rpc_netlogon", "dcerpc", ""},
    {"sdp", "sip.sdp", ""},
    {"sip", "rtp sip.sdp", "sip_sip_call_id_generated"},
    {"smb", "lsarpc samr smb2 smb_pipe winreg", ""},
    {"spnego",
     "dcerpc.gss-api dcerpc.gss-api.spnego dns.gss-api.spnego ldap.gss-api ldap.gss-api.spnego "
     "ldap.spnego smb.gss-api.spnego smb2.gss-api.spnego",
     ""},
    {"ssh", "sflow.ssh", ""},
    {"tcp", "icmp.tcp icmpv6.tcp sflow.tcp wlan_aggregate.tcp", ""},
    {"tcp", ".", "tcp_tcp_reassembled"},
    {"tcp", ".", "tcp_tcp_segment"},
    {"tcp", "socks", "tcp_tcp_payload"},
    {"tcp", "tcp.mptcp", "tcp_tcp_option"},
    {"tls", "quic.tls rdpudp.tls sflow.tls tls.ocsp wlan_aggregate.tls", ""},
    {"tls", "dns", "tls_tls_ech"},
    {"udp", "icmp.udp icmpv6.udp openflow_v4.udp sflow.udp", ""},
    {"vlan", "sflow.vlan", ""},
    {"websocket", ".", ""},
    {"wlan", "eapol wlan_aggregate wlan_wlan_mgt", ""},
    {"wlan_rsna_eapol", "eapol", ""},
    {"x509af", "dtls isakmp kerberos ocsp opcua rdpudp.tls tls tls.ocsp", ""},
    {"x509ce", "dtls kerberos ocsp opcua rdpudp.tls tls tls.ocsp", ""},
    {"x509if", "dtls isakmp kerberos ocsp opcua rdpudp.tls tls tls.ocsp", ""},
    {"x509sat", "dtls isakmp kerberos ocsp opcua rdpudp.tls tls tls.ocsp", ""},
    {"xml", "xmpp.xml", ""},
    {"zbee_nwk", "zbee_aps zbee_beacon", ""},
};

// Over UDP, so that an ICMP error quotes more than their first bytes. From 4.4 on they are inside
// of it, as ip and udp are; before, they were layers of the packet.
constexpr const char* kQuoted =
    "coap dns dtls gtp isakmp nbns ntp quic radius rtcp rtp sip snmp stun syslog tftp";

constexpr std::string_view kRoot = ".";
// Wireshark's own findings hang on the item they are about, as layers within its layer.
constexpr std::string_view kExpert = "_ws_expert";

std::string Inside(std::string_view container, std::string_view layer) {
  std::string path(container == kRoot ? "" : container);
  if (!path.empty()) path += '.';
  return path + std::string(layer);
}

}  // namespace

std::vector<std::string> OtherPlacesOf(const Field& field) {
  std::vector<std::string> places;
  for (const Places& row : kPlaces) {
    if (field.layer != row.layer || !field.key.starts_with(row.key_start)) continue;
    for (const std::string_view container : Words(row.containers)) {
      places.emplace_back(container == kRoot ? "" : container);
    }
  }
  const std::vector<std::string_view> quoted = Words(kQuoted);
  if (std::find(quoted.begin(), quoted.end(), field.layer) != quoted.end()) {
    for (const std::string_view error : {"icmp", "icmpv6"}) {
      places.push_back(Inside(error, field.layer));
    }
  }
  if (field.type != FieldType::kPresence) return places;
  std::vector<std::string> findings = {std::string(kExpert), Inside(field.layer, kExpert)};
  for (const std::string& place : places) {
    if (!place.empty()) findings.push_back(Inside(place, kExpert));
  }
  places.insert(places.end(), findings.begin(), findings.end());
  return places;
}

std::vector<std::string> PlacesOfFindings(const std::vector<std::string>& layers) {
  std::vector<std::string> places = {Inside("_ws_malformed", kExpert)};
  for (const std::string& layer : layers) {
    if (layer != kExpert && layer != "_ws_malformed") places.push_back(Inside(layer, kExpert));
  }
  return places;
}

}  // namespace espcap::schema
