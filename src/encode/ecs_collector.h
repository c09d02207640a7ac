// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a dissection says in the words of the Elastic Common Schema. One a process; refers to
// libwireshark's registry; keeps nothing of a dissection between calls.
// REQUIRES: a started EpanLibrary.
#ifndef ESPCAP_ENCODE_ECS_COLLECTOR_H_
#define ESPCAP_ENCODE_ECS_COLLECTOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "encode/ecs_document.h"
#include "encode/ecs_sources.h"
#include "espcap/byte_buffer.h"
#include "source/wireshark_api.h"

namespace espcap::encode {

class EcsCollector {
 public:
  // Appends `,"@timestamp":…,"ecs":{…},…`. `sensor`, who captured, and `message` may be empty.
  // REQUIRES: a visible tree that isn't reset yet.
  void AppendMembers(ByteBuffer& out, const epan_dissect_t& dissection,
                     std::string_view sensor = {}, std::string_view message = {});

 private:
  struct DnsAnswer {
    std::string name, type, record_class, data;
    uint64_t ttl = 0;
  };
  // Of the frame at hand.
  struct Findings {
    std::optional<uint8_t> protocol;  // IANA's number of the innermost layer above IP
    std::optional<uint16_t> icmp_type, icmp_code;
    unsigned ethernet_headers = 0;
    std::optional<uint32_t> outer_vlan, inner_vlan;
    unsigned dns_messages = 0;
    uint64_t dns_answers = 0;  // as its header says
    std::vector<DnsAnswer> answers;
    unsigned tls_handshake = 0;  // the type of the message whose fields come
    std::string tls_version, tls_chosen_version;
    bool is_http_response = false;
    std::string url_scheme, url_authority, url_path, url_full;  // HTTP/2's in parts
    std::string mime_type;
    std::optional<uint64_t> body_bytes;
  };

  void Walk(const proto_node* tree);
  void Add(const field_info& field, EcsSource source);
  void AddVlan(uint32_t id);
  void AddDns(const field_info& field, EcsSource source);
  void AddDnsAnswer(const field_info& field, EcsSource source);
  void AddTls(const field_info& field, EcsSource source);
  void AddHttp(const field_info& field, EcsSource source);
  void AddFrame(const packet_info& frame, std::string_view sensor);
  void AddEnds(const packet_info& frame);
  void AddNetwork(const packet_info& frame);
  void AddFlow(const packet_info& frame);
  void AddDnsAnswers();
  void AddTls();
  void AddHttp();
  void AddUrl(std::string_view url);

  EcsSources sources_;
  EcsDocument document_;
  Findings found_;
};

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_ECS_COLLECTOR_H_
