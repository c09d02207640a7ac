// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which of libwireshark's fields ECS fields are made of, found by a field's number. Those that the
// running library lacks are left out. REQUIRES: a started EpanLibrary.
#ifndef ESPCAP_ENCODE_ECS_SOURCES_H_
#define ESPCAP_ENCODE_ECS_SOURCES_H_

#include <cstdint>
#include <vector>

#include "source/wireshark_api.h"

namespace espcap::encode {

enum class EcsSource : uint8_t {
  kNone,
  kInterface,
  kVlanId,
  kEthernet,  // begins a header; within another one is a tunnel's
  kIpProtocol,
  kIcmpLayer,  // what is within belongs to another packet
  kIcmpType,
  kIcmpCode,
  kDnsId,
  kDnsResponse,
  kDnsOpCode,
  kDnsResponseCode,
  kDnsFlag,
  kDnsAnswerCount,
  kDnsQuestionName,
  kDnsQuestionType,
  kDnsQuestionClass,
  kDnsAnswerName,  // begins one
  kDnsAnswerType,
  kDnsAnswerClass,
  kDnsAnswerTtl,
  kDnsAnswerAddress,
  kDnsAnswerData,
  kHttpMethod,
  kHttpVersion,
  kHttpStatus,
  kHttpReferrer,
  kHttpMimeType,
  kHttpBodyBytes,
  kHttpUserAgent,
  kHttpUri,
  kHttpFullUri,
  kHttpHost,
  kHttp2Method,
  kHttp2Scheme,
  kHttp2Authority,
  kHttp2Path,
  kHttp2Status,
  kTlsHandshakeType,
  kTlsVersion,
  kTlsChosenVersion,
  kTlsCipher,
  kTlsProtocol,
  kTlsServerName,
  kTlsJa3,
  kTlsJa3s,
  kTlsJa4,
};

class EcsSources {
 public:
  EcsSources();

  [[nodiscard]] EcsSource Of(const header_field_info& field) const {
    const auto id = static_cast<size_t>(field.id);
    return id < by_id_.size() ? by_id_[id] : EcsSource::kNone;
  }

 private:
  std::vector<EcsSource> by_id_;
};

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_ECS_SOURCES_H_
