// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/ecs_sources.h"

#include <initializer_list>

#include "dissect/field_registry.h"

namespace espcap::encode {
namespace {

struct Named {
  const char* name;
  EcsSource source;
};

constexpr std::initializer_list<Named> kNamed = {
    {"frame.interface_name", EcsSource::kInterface},
    {"vlan.id", EcsSource::kVlanId},
    {"ieee8021ad.id", EcsSource::kVlanId},
    {"ieee8021ad.svid", EcsSource::kVlanId},
    {"ieee8021ad.cvid", EcsSource::kVlanId},
    {"isl.vlan_id", EcsSource::kVlanId},
    {"eth", EcsSource::kEthernet},
    {"ieee8021ah", EcsSource::kEthernet},
    {"ip.proto", EcsSource::kIpProtocol},
    {"ipv6.nxt", EcsSource::kIpProtocol},
    {"ipv6.hopopts.nxt", EcsSource::kIpProtocol},
    {"ipv6.dstopts.nxt", EcsSource::kIpProtocol},
    {"ipv6.routing.nxt", EcsSource::kIpProtocol},
    {"ipv6.fraghdr.nxt", EcsSource::kIpProtocol},
    {"ah.next_header", EcsSource::kIpProtocol},
    {"icmp", EcsSource::kIcmpLayer},
    {"icmpv6", EcsSource::kIcmpLayer},
    {"icmp.type", EcsSource::kIcmpType},
    {"icmpv6.type", EcsSource::kIcmpType},
    {"icmp.code", EcsSource::kIcmpCode},
    {"icmpv6.code", EcsSource::kIcmpCode},
    {"dns.id", EcsSource::kDnsId},
    {"dns.flags.response", EcsSource::kDnsResponse},
    {"dns.flags.opcode", EcsSource::kDnsOpCode},
    {"dns.flags.rcode", EcsSource::kDnsResponseCode},
    {"dns.flags.authoritative", EcsSource::kDnsFlag},
    {"dns.flags.truncated", EcsSource::kDnsFlag},
    {"dns.flags.recdesired", EcsSource::kDnsFlag},
    {"dns.flags.recavail", EcsSource::kDnsFlag},
    {"dns.flags.authenticated", EcsSource::kDnsFlag},
    {"dns.flags.checkdisable", EcsSource::kDnsFlag},
    {"dns.count.answers", EcsSource::kDnsAnswerCount},
    {"dns.qry.name", EcsSource::kDnsQuestionName},
    {"dns.qry.type", EcsSource::kDnsQuestionType},
    {"dns.qry.class", EcsSource::kDnsQuestionClass},
    {"dns.resp.name", EcsSource::kDnsAnswerName},
    {"dns.resp.type", EcsSource::kDnsAnswerType},
    {"dns.resp.class", EcsSource::kDnsAnswerClass},
    {"dns.resp.ttl", EcsSource::kDnsAnswerTtl},
    {"dns.a", EcsSource::kDnsAnswerAddress},
    {"dns.aaaa", EcsSource::kDnsAnswerAddress},
    {"dns.cname", EcsSource::kDnsAnswerData},
    {"dns.ns", EcsSource::kDnsAnswerData},
    {"dns.ptr.domain_name", EcsSource::kDnsAnswerData},
    {"dns.mx.mail_exchange", EcsSource::kDnsAnswerData},
    {"dns.soa.mname", EcsSource::kDnsAnswerData},
    {"dns.srv.target", EcsSource::kDnsAnswerData},
    {"dns.txt", EcsSource::kDnsAnswerData},
    {"http.request.method", EcsSource::kHttpMethod},
    {"http.request.version", EcsSource::kHttpVersion},
    {"http.response.version", EcsSource::kHttpVersion},
    {"http.response.code", EcsSource::kHttpStatus},
    {"http.referer", EcsSource::kHttpReferrer},
    {"http2.headers.referer", EcsSource::kHttpReferrer},
    {"http.content_type", EcsSource::kHttpMimeType},
    {"http2.headers.content_type", EcsSource::kHttpMimeType},
    {"http.content_length", EcsSource::kHttpBodyBytes},
    {"http2.headers.content_length", EcsSource::kHttpBodyBytes},
    {"http.user_agent", EcsSource::kHttpUserAgent},
    {"http2.headers.user_agent", EcsSource::kHttpUserAgent},
    {"http.request.uri", EcsSource::kHttpUri},
    {"http.request.full_uri", EcsSource::kHttpFullUri},
    {"http.host", EcsSource::kHttpHost},
    {"http2.headers.method", EcsSource::kHttp2Method},
    {"http2.headers.scheme", EcsSource::kHttp2Scheme},
    {"http2.headers.authority", EcsSource::kHttp2Authority},
    {"http2.headers.path", EcsSource::kHttp2Path},
    {"http2.headers.status", EcsSource::kHttp2Status},
    {"tls.handshake.type", EcsSource::kTlsHandshakeType},
    {"dtls.handshake.type", EcsSource::kTlsHandshakeType},
    {"tls.handshake.version", EcsSource::kTlsVersion},
    {"dtls.handshake.version", EcsSource::kTlsVersion},
    {"tls.handshake.extensions.supported_version", EcsSource::kTlsChosenVersion},
    {"dtls.handshake.extensions.supported_version", EcsSource::kTlsChosenVersion},
    {"tls.handshake.ciphersuite", EcsSource::kTlsCipher},
    {"dtls.handshake.ciphersuite", EcsSource::kTlsCipher},
    {"tls.handshake.extensions_alpn_str", EcsSource::kTlsProtocol},
    {"dtls.handshake.extensions_alpn_str", EcsSource::kTlsProtocol},
    {"tls.handshake.extensions_server_name", EcsSource::kTlsServerName},
    {"dtls.handshake.extensions_server_name", EcsSource::kTlsServerName},
    {"tls.handshake.ja3", EcsSource::kTlsJa3},
    {"dtls.handshake.ja3", EcsSource::kTlsJa3},
    {"tls.handshake.ja3s", EcsSource::kTlsJa3s},
    {"dtls.handshake.ja3s", EcsSource::kTlsJa3s},
    {"tls.handshake.ja4", EcsSource::kTlsJa4},
};

}  // namespace

EcsSources::EcsSources() {
  for (const auto& [name, source] : kNamed) {
    const header_field_info* field = proto_registrar_get_byname(name);
    if (field == nullptr) continue;
    dissect::ForEachOfSameName(*field, [this, source = source](const header_field_info& same) {
      const auto id = static_cast<size_t>(same.id);
      if (id >= by_id_.size()) by_id_.resize(id + 1);
      by_id_[id] = source;
    });
  }
}

}  // namespace espcap::encode
