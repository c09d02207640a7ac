// SPDX-License-Identifier: GPL-2.0-or-later
//
// The ECS fields of one document: gathered in any order, written as nested objects. Without
// libwireshark. Cleared for each document, so its memory is kept.
#ifndef ESPCAP_ENCODE_ECS_DOCUMENT_H_
#define ESPCAP_ENCODE_ECS_DOCUMENT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "espcap/byte_buffer.h"

namespace espcap::encode {

// In the order of their paths, so that what is in one object is together.
enum class EcsField : uint8_t {
  kTimestamp,
  kDestinationAddress,
  kDestinationAsNumber,
  kDestinationAsOrganizationName,
  kDestinationGeoCityName,
  kDestinationGeoContinentName,
  kDestinationGeoCountryIsoCode,
  kDestinationGeoCountryName,
  kDestinationGeoLocation,
  kDestinationGeoRegionIsoCode,
  kDestinationGeoRegionName,
  kDestinationIp,
  kDestinationMac,
  kDestinationPort,
  kDnsAnswers,
  kDnsHeaderFlags,
  kDnsId,
  kDnsOpCode,
  kDnsQuestionClass,
  kDnsQuestionName,
  kDnsQuestionType,
  kDnsResolvedIp,
  kDnsResponseCode,
  kDnsType,
  kEcsVersion,
  kEventCategory,
  kEventDataset,
  kEventKind,
  kEventModule,
  kEventSequence,
  kEventType,
  kHttpRequestBodyBytes,
  kHttpRequestMethod,
  kHttpRequestMimeType,
  kHttpRequestReferrer,
  kHttpResponseBodyBytes,
  kHttpResponseMimeType,
  kHttpResponseStatusCode,
  kHttpVersion,
  kMessage,
  kNetworkBytes,
  kNetworkCommunityId,
  kNetworkDirection,
  kNetworkIanaNumber,
  kNetworkInnerVlanId,
  kNetworkPackets,
  kNetworkProtocol,
  kNetworkTransport,
  kNetworkType,
  kNetworkVlanId,
  kObserverInterfaceName,
  kObserverName,
  kObserverProduct,
  kObserverType,
  kObserverVendor,
  kObserverVersion,
  kRelatedIp,
  kSourceAddress,
  kSourceAsNumber,
  kSourceAsOrganizationName,
  kSourceBytes,
  kSourceGeoCityName,
  kSourceGeoContinentName,
  kSourceGeoCountryIsoCode,
  kSourceGeoCountryName,
  kSourceGeoLocation,
  kSourceGeoRegionIsoCode,
  kSourceGeoRegionName,
  kSourceIp,
  kSourceMac,
  kSourcePackets,
  kSourcePort,
  kTlsCipher,
  kTlsClientJa3,
  kTlsClientJa4,
  kTlsClientServerName,
  kTlsNextProtocol,
  kTlsServerJa3s,
  kTlsVersion,
  kTlsVersionProtocol,
  kUrlDomain,
  kUrlFull,
  kUrlOriginal,
  kUrlPath,
  kUrlPort,
  kUrlQuery,
  kUrlScheme,
  kUserAgentOriginal,
};
inline constexpr size_t kEcsFieldCount = static_cast<size_t>(EcsField::kUserAgentOriginal) + 1;

// "destination.port".
std::string_view EcsPath(EcsField field);

class EcsDocument {
 public:
  void Clear();

  // The first value stays where ECS knows one only; of a list, each new one is added.
  void AddText(EcsField field, std::string_view text);
  void AddNumber(EcsField field, uint64_t number);
  // Text that is JSON already.
  void AddJson(EcsField field, std::string_view json);
  [[nodiscard]] bool Has(EcsField field) const {
    return firsts_[static_cast<size_t>(field)] != kNone;
  }

  // `,"@timestamp":…,"destination":{…}`.
  void AppendMembers(ByteBuffer& out) const;

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr size_t kMaxListed = 256;  // a bound for hostile packets

  struct Value {
    size_t start;
    size_t length;
    uint32_t next;
  };

  [[nodiscard]] std::string_view Text(const Value& value) const {
    return texts_.view().substr(value.start, value.length);
  }
  [[nodiscard]] bool Accepts(EcsField field) const;
  void AddValue(EcsField field, size_t start);
  void AppendValues(ByteBuffer& out, EcsField field) const;

  ByteBuffer texts_;
  std::vector<Value> values_;
  std::array<uint32_t, kEcsFieldCount> firsts_ = NoValues();
  static constexpr std::array<uint32_t, kEcsFieldCount> NoValues() {
    std::array<uint32_t, kEcsFieldCount> none{};
    none.fill(kNone);
    return none;
  }
};

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_ECS_DOCUMENT_H_
