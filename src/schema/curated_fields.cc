// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/curated_fields.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "schema/words.h"

namespace espcap::schema {
namespace {

struct Group {
  const char* start;  // of every name in it, before a '.'
  const char* ends;
};

// All together stay below the 1,024 fields that a server expands a query without a field to.
constexpr std::initializer_list<Group> kGroups = {
    // What is known of every packet, and what Wireshark finds remarkable.
    {"frame",
     "number len cap_len time time_epoch time_delta time_relative protocols interface_id "
     "interface_name interface_description encap_type comment packet_flags_direction marked"},
    {"_ws.expert", "message severity group"},
    {"pkt_comment", ""},
    {"data", "len"},
    // Links.
    {"eth",
     "src dst addr type len src.oui dst.oui src.oui_resolved dst.oui_resolved src_resolved "
     "dst_resolved dst.ig"},
    {"sll", "pkttype hatype ifindex src.eth etype"},
    {"vlan", "id priority dei etype"},
    {"ieee8021ad", "id priority dei svid cvid"},
    {"llc", "dsap ssap oui pid type"},
    {"stp", "version type flags.tc root.hw root.cost bridge.hw port"},
    {"lldp", "chassis.id.mac chassis.id.ip4 port.id tlv.system.name tlv.system.desc mgn.addr.ip4"},
    {"cdp", "deviceid portid platform software_version native_vlan"},
    {"wlan",
     "fc.type fc.type_subtype fc.retry fc.protected sa da ta ra bssid addr seq duration ssid "
     "fixed.reason_code rsn.akms.type"},
    {"wlan_radio", "channel frequency signal_dbm noise_dbm data_rate phy"},
    {"radiotap", "channel.freq dbm_antsignal datarate"},
    {"ppp", "direction protocol"},
    {"pppoe", "code session_id"},
    {"mpls", "label exp ttl"},
    {"eapol", "version type"},
    {"eap", "code id type identity"},
    // Networks.
    {"arp",
     "opcode src.hw_mac src.proto_ipv4 dst.hw_mac dst.proto_ipv4 isgratuitous isprobe "
     "isannouncement duplicate-address-detected"},
    {"ip",
     "version src dst addr host proto ttl len id flags.df flags.mf frag_offset dsfield.dscp "
     "dsfield.ecn hdr_len reassembled_in checksum.status geoip.src_country_iso "
     "geoip.dst_country_iso geoip.src_asnum geoip.dst_asnum"},
    {"ipv6", "src dst addr host nxt hlim plen flow tclass.dscp tclass.ecn"},
    {"ipv6.fragment", "count"},
    {"icmp", "type code ident seq resptime resp_to resp_in mtu redir_gw no_resp"},
    {"icmpv6",
     "type code echo.identifier echo.sequence_number nd.ns.target_address "
     "nd.na.target_address opt.linkaddr opt.prefix resptime mtu"},
    {"igmp", "type version maddr saddr max_resp"},
    {"gre", "proto key"},
    {"vxlan", "vni"},
    {"geneve", "vni"},
    {"esp", "spi sequence"},
    {"ah", "spi"},
    {"vrrp", "version virt_rtr_id prio ip_addr"},
    {"hsrp", "state group virt_ip"},
    {"ospf", "version msg srcrouter area_id lsa"},
    {"bgp",
     "type open.myas open.identifier update.path_attribute.origin "
     "update.path_attribute.next_hop notify.major_error"},
    {"rip", "command version ip metric"},
    {"eigrp", "opcode as"},
    {"pim", "type version group"},
    // Transports.
    {"tcp",
     "srcport dstport port stream len seq seq_raw ack ack_raw nxtseq hdr_len completeness "
     "window_size window_size_value window_size_scalefactor flags flags.str flags.syn "
     "flags.ack flags.fin flags.reset flags.push flags.urg flags.ece flags.cwr "
     "checksum.status urgent_pointer time_relative time_delta options.mss_val "
     "options.wscale.shift options.sack.count options.timestamp.tsval "
     "options.timestamp.tsecr reassembled_in segment.count analysis.flags "
     "analysis.retransmission analysis.fast_retransmission "
     "analysis.spurious_retransmission analysis.duplicate_ack analysis.duplicate_ack_num "
     "analysis.lost_segment analysis.ack_lost_segment analysis.out_of_order "
     "analysis.zero_window analysis.window_full analysis.window_update "
     "analysis.keep_alive analysis.reused_ports analysis.ack_rtt analysis.initial_rtt "
     "analysis.rto analysis.bytes_in_flight analysis.acks_frame connection.syn "
     "connection.fin connection.rst"},
    {"mptcp", "stream"},
    {"udp", "srcport dstport port stream length checksum.status time_relative time_delta"},
    {"sctp", "srcport dstport port chunk_type verification_tag data_tsn data_sid"},
    {"dccp", "srcport dstport"},
    {"quic",
     "version long.packet_type packet_number dcid scid frame_type stream.stream_id "
     "connection.number"},
    {"dtls",
     "record.content_type record.version handshake.type handshake.ciphersuite "
     "handshake.extensions_server_name"},
    // Names and settings.
    {"dns",
     "id flags flags.response flags.opcode flags.rcode flags.authoritative flags.truncated "
     "flags.recdesired flags.recavail flags.authenticated count.queries count.answers "
     "qry.name qry.name.len qry.type qry.class resp.name resp.type resp.ttl resp.len a aaaa "
     "cname ns ptr.domain_name mx.mail_exchange mx.preference soa.mname soa.rname srv.target "
     "srv.port txt time response_to response_in retransmission opt.client.addr4"},
    {"nbns", "id flags.response flags.opcode name addr"},
    {"dhcp",
     "type id hw.mac_addr ip.client ip.your ip.server ip.relay option.dhcp "
     "option.hostname option.requested_ip_address option.dhcp_server_id "
     "option.vendor_class_id option.ip_address_lease_time option.router "
     "option.domain_name_server option.domain_name option.subnet_mask"},
    {"dhcpv6", "msgtype xid iaaddr.ip client_domain duidllt.link_layer_addr"},
    {"ntp",
     "flags.vn flags.mode flags.li stratum ppoll refid rootdelay rootdispersion reftime org "
     "rec xmt"},
    {"ptp", "v2.messagetype v2.sequenceid v2.domainnumber"},
    {"ldap",
     "messageID resultCode baseObject name simple scope attributeDesc assertionValue "
     "objectName"},
    {"kerberos", "msg_type realm CNameString SNameString error_code etype"},
    {"radius",
     "code id User_Name NAS_IP_Address Calling_Station_Id Called_Station_Id "
     "Framed-IP-Address"},
    // The web.
    {"http",
     "host request.method request.uri request.uri.path request.full_uri request.version "
     "request response response.code response.phrase response.version user_agent referer "
     "server location content_type content_encoding content_length transfer_encoding "
     "cookie set_cookie authorization authbasic x_forwarded_for time request_in "
     "response_in chat upgrade connection accept"},
    {"http2",
     "type streamid length flags.end_stream headers.method headers.path headers.authority "
     "headers.scheme headers.status headers.user_agent headers.content_type header.name "
     "header.value rst_stream.error goaway.error"},
    {"http3", "frame_type"},
    {"websocket", "opcode fin mask payload_length"},
    {"tls",
     "record.content_type record.version record.length handshake.type handshake.version "
     "handshake.ciphersuite handshake.session_id handshake.extensions_server_name "
     "handshake.extensions_alpn_str handshake.extensions.supported_version "
     "handshake.extensions_supported_group handshake.extension.type handshake.sig_hash_alg "
     "handshake.ja3 handshake.ja3_full handshake.ja3s handshake.ja3s_full handshake.ja4 "
     "alert_message.level alert_message.desc app_data_proto "
     "handshake.extensions_key_share_group"},
    {"x509af", "serialNumber utcTime"},
    {"x509ce", "dNSName uniformResourceIdentifier"},
    {"x509sat", "uTF8String printableString CountryName"},
    {"json", "key value.string path"},
    // Mail, files, shells.
    {"smtp", "req.command req.parameter response.code rsp.parameter auth.username"},
    {"imf", "from to subject date message_id"},
    {"imap", "isrequest request.command request.folder request.username response.status"},
    {"pop", "request.command request.parameter response.indicator response.description"},
    {"ftp",
     "request request.command request.arg response.code response.arg passive.ip "
     "passive.port active.cip active.port"},
    {"ftp-data", "command setup-method"},
    {"tftp", "opcode source_file destination_file type block error.code error.message"},
    {"ssh",
     "protocol direction message_code kex_algorithms server_host_key_algorithms "
     "encryption_algorithms_client_to_server kex.hassh kex.hasshserver host_key.type"},
    {"telnet", "cmd data"},
    {"smb", "cmd nt_status path file"},
    {"smb2",
     "cmd nt_status msg_id sesid tid tree filename acct domain host flags.response "
     "dialect time file_offset"},
    {"ntlmssp", "messagetype auth.username auth.domain auth.hostname"},
    {"nfs", "opcode procedure_v3 name status fh.hash"},
    {"rpc", "xid msgtyp program programversion procedure replystat state_accept time"},
    {"dcerpc", "pkt_type opnum cn_call_id cn_bind_to_uuid"},
    {"syslog", "facility level msg hostname appname timestamp"},
    {"snmp",
     "version community name data value.int value.octets request_id error_status msgUserName "
     "variable_bindings"},
    {"rdp", "rt_cookie neg_type"},
    {"vnc", "client_message_type"},
    {"irc", "request.command response.command"},
    // Databases and queues.
    {"mysql", "command query user schema error_code error.message version affected_rows"},
    {"pgsql", "type query frontend col.name"},
    {"tds", "type query"},
    {"resp", "string bulk_string.value"},
    {"mqtt", "msgtype topic clientid username qos retain msgid msg_text ver conack.val"},
    {"amqp", "type channel method.class method.method"},
    {"coap", "type code mid token opt.uri_path opt.uri_host"},
    // Voice and video.
    {"sip",
     "Method Status-Code Request-Line Status-Line r-uri r-uri.host Call-ID from.user from.host "
     "to.user to.host CSeq.method CSeq.seq User-Agent contact.uri response-time"},
    {"sdp", "owner session_name connection_info.address media media.port media.proto"},
    {"rtp", "version p_type seq timestamp ssrc marker"},
    {"rtcp", "pt senderssrc ssrc.fraction ssrc.jitter"},
    {"stun",
     "type type.class type.method id att.ipv4 att.port att.ipv4-xord att.port-xord "
     "att.username att.software att.realm"},
    {"h225", "guid"},
    // Tunnels with keys.
    {"isakmp", "ispi rspi version exchangetype messageid"},
    {"wg", "type sender receiver"},
    {"openvpn", "opcode sessionid"},
    {"l2tp", "type tunnel session"},
    {"gtp", "message teid"},
    {"socks", "version command dst port"},
    // Plants.
    {"modbus", "func_code exception_code reference_num word_cnt regval_uint16"},
    {"mbtcp", "trans_id unit_id len"},
    {"dnp3", "src dst al.func al.seq"},
    {"enip", "command session status"},
    {"cip", "service class instance genstat"},
    {"s7comm", "header.rosctr param.func header.errcls"},
    {"opcua", "transport.type"},
    {"bacapp", "type confirmed_service"},
    {"can", "id len flags.xtd"},
    {"usb", "bus_id device_address endpoint_address transfer_type urb_type"},
};

constexpr std::string_view kByColumn[] = {
    "frame.time",
    "frame.time_delta",
    "frame.time_epoch",
    "frame.time_relative",
    "ip.id",
    "rtp.timestamp",
    "tcp.ack_raw",
    "tcp.options.timestamp.tsecr",
    "tcp.options.timestamp.tsval",
    "tcp.seq_raw",
    "tcp.time_delta",
    "tcp.time_relative",
    "udp.time_delta",
    "udp.time_relative",
};

}  // namespace

bool IsSearchedByColumn(std::string_view name) {
  return std::find(std::begin(kByColumn), std::end(kByColumn), name) != std::end(kByColumn);
}

std::vector<std::string> CuratedNames() {
  std::vector<std::string> names;
  for (const Group& group : kGroups) {
    const std::vector<std::string_view> ends = Words(group.ends);
    if (ends.empty()) names.emplace_back(group.start);
    for (const std::string_view end : ends) {
      names.push_back(std::string(group.start) + '.' + std::string(end));
    }
  }
  return names;
}

std::vector<std::string> SummaryNames() {
  std::vector<std::string> names = CuratedNames();
  std::erase_if(names, [](const std::string& name) {
    return name == "frame.time" || name == "frame.time_epoch";
  });
  return names;
}

}  // namespace espcap::schema
