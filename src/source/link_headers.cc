// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/link_headers.h"

#include "source/wireshark_api.h"

namespace espcap::source {
namespace {

constexpr size_t kEthernetBytes = 14;
constexpr uint16_t kMaxLengthField = 1500;  // above, the field is a type

constexpr uint16_t kTypeIpv4 = 0x0800;
constexpr uint16_t kTypeTransparentEthernet = 0x6558;
constexpr uint16_t kTypeCustomerTag = 0x8100;
constexpr uint16_t kTypePpp = 0x880B;
constexpr uint16_t kTypeMpls = 0x8847;
constexpr uint16_t kTypeMplsUpstream = 0x8848;
constexpr uint16_t kTypePppoeSession = 0x8864;
constexpr uint16_t kTypeIpv6 = 0x86DD;
constexpr uint16_t kTypeServiceTag = 0x88A8;
constexpr uint16_t kTypeErspan2 = 0x88BE;
constexpr uint16_t kTypeBackboneService = 0x88E7;
constexpr uint16_t kTypeErspan3 = 0x22EB;
constexpr uint16_t kTypeOldServiceTag1 = 0x9100;
constexpr uint16_t kTypeOldServiceTag2 = 0x9200;

// Address families of the BSDs, which stand in loopback headers.
Layer LayerOfFamily(uint32_t family) {
  switch (family) {
    case 2:   // IPv4
    case 24:  // NetBSD, OpenBSD
    case 28:  // FreeBSD
    case 30:  // Darwin
      return Layer::kIp;
    default:
      return Layer::kNothing;
  }
}

Place AfterLoopback(Bytes bytes) {
  if (bytes.size() < 4) return {};
  // In the order of the machine that captured, whichever that was.
  const uint32_t family = Uint32(bytes, 0);
  return Behind(bytes, 4, LayerOfFamily(family <= 0xFFFF ? family : __builtin_bswap32(family)));
}

// Behind a header of fixed length with an Ethernet type in it.
Place AfterTypedHeader(Bytes bytes, size_t type_offset, size_t header_bytes) {
  if (bytes.size() < header_bytes) return {};
  return Behind(bytes, header_bytes, Layer::kEtherType, Uint16(bytes, type_offset));
}

// Whether it is one of the usual types, rather than bytes of something else.
bool LeadsToIp(uint16_t type) {
  return type == kTypeIpv4 || type == kTypeIpv6 || type == kTypeCustomerTag ||
         type == kTypeServiceTag;
}

Place AfterEtherType(uint16_t type, Bytes bytes) {
  if (type <= kMaxLengthField) return {Layer::kLlc, 0, bytes};
  switch (type) {
    case kTypeIpv4:
    case kTypeIpv6:
      return {Layer::kIp, 0, bytes};
    case kTypeCustomerTag:
    case kTypeServiceTag:
    case kTypeOldServiceTag1:
    case kTypeOldServiceTag2:
      return AfterTypedHeader(bytes, 2, 4);  // a tag, then the next type
    case kTypeMpls:
    case kTypeMplsUpstream:
      return {Layer::kMpls, 0, bytes};
    case kTypePppoeSession:
      return {Layer::kPppoe, 0, bytes};
    case kTypePpp:
      return {Layer::kPpp, 0, bytes};
    case kTypeTransparentEthernet:
      return {Layer::kEthernet, 0, bytes};
    case kTypeBackboneService:
      return Behind(bytes, 4, Layer::kEthernet);
    default:
      return {};
  }
}

Place AfterLlc(Bytes bytes) {
  constexpr uint32_t kSnap = 0xAAAA03;
  constexpr uint32_t kIpSap = 0x060603;
  if (bytes.size() < 8) return {};
  const uint32_t saps_and_control = Uint32(bytes, 0) >> 8U;
  if (saps_and_control == kIpSap) return Behind(bytes, 3, Layer::kIp);
  const uint32_t organisation = Uint32(bytes, 2) & 0xFFFFFFU;
  // RFC 1042's, and that of bridges (IEEE 802.1H).
  if (saps_and_control != kSnap || (organisation != 0 && organisation != 0xF8)) return {};
  const uint16_t type = Uint16(bytes, 6);
  return type <= kMaxLengthField ? Place{} : Behind(bytes, 8, Layer::kEtherType, type);
}

Place AfterPpp(Bytes bytes) {
  if (bytes.size() >= 2 && Uint16(bytes, 0) == 0xFF03) bytes = bytes.subspan(2);
  if (bytes.size() < 2) return {};
  // A protocol's last byte is odd and all before are even: one byte alone is a compressed one.
  const bool is_compressed = (bytes[0] & 1U) != 0;
  const size_t length = is_compressed ? 1 : 2;
  switch (is_compressed ? bytes[0] : Uint16(bytes, 0)) {
    case 0x0021:
    case 0x0057:
      return Behind(bytes, length, Layer::kIp);
    case 0x0281:
    case 0x0283:
      return Behind(bytes, length, Layer::kMpls);
    default:
      return {};
  }
}

Place AfterPppoe(Bytes bytes) {
  constexpr uint16_t kVersion1Session = 0x1100;
  if (bytes.size() < 6 || Uint16(bytes, 0) != kVersion1Session) return {};
  return Behind(bytes, 6, Layer::kPpp);
}

Place AfterMplsLabel(Bytes bytes) {
  if (bytes.size() <= 4) return {};
  if ((bytes[2] & 1U) == 0) return Behind(bytes, 4, Layer::kMpls);
  // The label stack doesn't say what is below it; everyone goes by the first nibble.
  switch (bytes[4] >> 4U) {
    case 0:
      return Behind(bytes, 4, Layer::kPseudowire);
    case 4:
    case 6:
      return Behind(bytes, 4, Layer::kIp);
    default:
      return {};
  }
}

Place AfterPseudowire(Bytes bytes) {
  // A control word begins with a nibble 0, as many an address does: the type decides.
  for (const size_t control_word_bytes : {size_t{4}, size_t{0}}) {
    if (bytes.size() < control_word_bytes + kEthernetBytes) continue;
    if (LeadsToIp(Uint16(bytes, control_word_bytes + kEthernetBytes - 2))) {
      return Behind(bytes, control_word_bytes, Layer::kEthernet);
    }
  }
  return {};
}

Place AfterGre(Bytes bytes) {
  constexpr uint16_t kChecksum = 0x8000;
  constexpr uint16_t kRouting = 0x4000;
  constexpr uint16_t kKey = 0x2000;
  constexpr uint16_t kSequence = 0x1000;
  constexpr uint16_t kAcknowledgement = 0x0080;  // version 1 only
  if (bytes.size() < 4) return {};
  const uint16_t flags = Uint16(bytes, 0);
  const uint16_t type = Uint16(bytes, 2);
  const unsigned version = flags & 7U;
  const bool is_pptp = version == 1 && type == kTypePpp;
  if ((flags & kRouting) != 0 || (version != 0 && !is_pptp)) return {};
  size_t length = 4;
  if ((flags & kChecksum) != 0) length += 4;
  if ((flags & kKey) != 0) length += 4;
  if ((flags & kSequence) != 0) length += 4;
  if (is_pptp && (flags & kAcknowledgement) != 0) length += 4;
  if (type == kTypeErspan2) {
    // The first version had neither a sequence number nor a header of its own.
    const bool has_header = (flags & kSequence) != 0;
    return Behind(bytes, length, has_header ? Layer::kErspan2 : Layer::kEthernet);
  }
  if (type == kTypeErspan3) return Behind(bytes, length, Layer::kErspan3);
  return Behind(bytes, length, Layer::kEtherType, type);
}

Place AfterErspan3(Bytes bytes) {
  if (bytes.size() < 12) return {};
  const bool has_subheader = (bytes[11] & 1U) != 0;
  return Behind(bytes, has_subheader ? 20 : 12, Layer::kEthernet);
}

Place AfterVxlan(Bytes bytes) {
  constexpr unsigned kHasNetworkIdentifier = 0x08;
  if (bytes.empty() || (bytes[0] & kHasNetworkIdentifier) == 0) return {};
  return Behind(bytes, 8, Layer::kEthernet);
}

Place AfterVxlanGpe(Bytes bytes) {
  if (bytes.size() < 8) return {};
  switch (bytes[3]) {
    case 1:  // IPv4
    case 2:  // IPv6
      return Behind(bytes, 8, Layer::kIp);
    case 3:
      return Behind(bytes, 8, Layer::kEthernet);
    default:
      return {};
  }
}

Place AfterGeneve(Bytes bytes) {
  if (bytes.size() < 8 || bytes[0] >> 6U != 0) return {};
  const size_t option_bytes = size_t{4} * (bytes[0] & 0x3FU);
  return Behind(bytes, 8 + option_bytes, Layer::kEtherType, Uint16(bytes, 2));
}

Place AfterRadiotap(Bytes bytes) {
  if (bytes.size() < 8 || bytes[0] != 0) return {};
  const size_t header_bytes = bytes[2] | size_t{bytes[3]} << 8U;  // little-endian
  return Behind(bytes, header_bytes, Layer::kIeee80211);
}

Place AfterIeee80211(Bytes bytes) {
  constexpr unsigned kVersionAndType = 0x0F;
  constexpr unsigned kData = 0x08;
  constexpr unsigned kNoData = 0x40;
  constexpr unsigned kQualityOfService = 0x80;
  constexpr unsigned kBothDistributionSystems = 0x03;
  constexpr unsigned kMoreFragments = 0x04;
  constexpr unsigned kProtected = 0x40;
  constexpr unsigned kOrder = 0x80;
  constexpr unsigned kAggregate = 0x80;
  if (bytes.size() < 24) return {};
  const unsigned control = bytes[0];
  const unsigned flags = bytes[1];
  const bool is_fragment = (flags & kMoreFragments) != 0 || (bytes[22] & 0x0FU) != 0;
  if ((control & kVersionAndType) != kData || (control & kNoData) != 0 ||
      (flags & kProtected) != 0 || is_fragment) {
    return {};
  }
  size_t length = 24;
  if ((flags & kBothDistributionSystems) == kBothDistributionSystems) length += 6;
  if ((control & kQualityOfService) != 0) {
    if (bytes.size() <= length || (bytes[length] & kAggregate) != 0) return {};
    length += (flags & kOrder) != 0 ? 6 : 2;  // the order bit announces an HT control field
  }
  return Behind(bytes, length, Layer::kLlc);
}

}  // namespace

Place FirstHeader(int encapsulation, Bytes frame) {
  switch (encapsulation) {
    case WTAP_ENCAP_ETHERNET:
      return {Layer::kEthernet, 0, frame};
    case WTAP_ENCAP_RAW_IP:
    case WTAP_ENCAP_RAW_IP4:
    case WTAP_ENCAP_RAW_IP6:
      return {Layer::kIp, 0, frame};
    case WTAP_ENCAP_SLL:
      return AfterTypedHeader(frame, 14, 16);
    case WTAP_ENCAP_SLL2:
      return AfterTypedHeader(frame, 0, 20);
    case WTAP_ENCAP_NULL:
    case WTAP_ENCAP_LOOP:
      return AfterLoopback(frame);
    case WTAP_ENCAP_PPP:
    case WTAP_ENCAP_PPP_WITH_PHDR:
      return {Layer::kPpp, 0, frame};
    case WTAP_ENCAP_PPP_ETHER:
      return {Layer::kPppoe, 0, frame};
    case WTAP_ENCAP_CHDLC:
      return AfterTypedHeader(frame, 2, 4);
    case WTAP_ENCAP_FDDI:
    case WTAP_ENCAP_FDDI_BITSWAPPED:  // of its addresses
      return Behind(frame, 13, Layer::kLlc);
    case WTAP_ENCAP_IEEE_802_11:
    case WTAP_ENCAP_IEEE_802_11_WITH_RADIO:
      return {Layer::kIeee80211, 0, frame};
    case WTAP_ENCAP_IEEE_802_11_RADIOTAP:
      return {Layer::kRadiotap, 0, frame};
    default:
      return {};
  }
}

Place NextHeader(const Place& place) {
  const Bytes bytes = place.bytes;
  switch (place.layer) {
    case Layer::kEthernet:
      return AfterTypedHeader(bytes, 12, kEthernetBytes);
    case Layer::kEtherType:
      return AfterEtherType(place.type, bytes);
    case Layer::kLlc:
      return AfterLlc(bytes);
    case Layer::kPpp:
      return AfterPpp(bytes);
    case Layer::kPppoe:
      return AfterPppoe(bytes);
    case Layer::kMpls:
      return AfterMplsLabel(bytes);
    case Layer::kPseudowire:
      return AfterPseudowire(bytes);
    case Layer::kGre:
      return AfterGre(bytes);
    case Layer::kErspan2:
      return Behind(bytes, 8, Layer::kEthernet);
    case Layer::kErspan3:
      return AfterErspan3(bytes);
    case Layer::kVxlan:
      return AfterVxlan(bytes);
    case Layer::kVxlanGpe:
      return AfterVxlanGpe(bytes);
    case Layer::kGeneve:
      return AfterGeneve(bytes);
    case Layer::kRadiotap:
      return AfterRadiotap(bytes);
    case Layer::kIeee80211:
      return AfterIeee80211(bytes);
    default:
      return {};
  }
}

}  // namespace espcap::source
