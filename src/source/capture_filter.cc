// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/capture_filter.h"

#include <pcap/pcap.h>
#include <wiretap/pcap-encap.h>

#include <algorithm>
#include <utility>

#include "source/filter_fault.h"

namespace espcap::source {
namespace {

constexpr int kSnapLength = 262144;    // libpcap's MAXIMUM_SNAPLEN
constexpr int kHighestLinkType = 511;  // above every LINKTYPE_ value that is assigned

struct PcapClose {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};

// The pcap link type that wiretap reads as `encapsulation`; -1 where there is none.
int LinkTypeOf(int encapsulation) {
  if (LosesPseudoHeader(encapsulation)) return -1;
  if (encapsulation == WTAP_ENCAP_RAW_IP) return DLT_RAW;
  for (int link_type = 0; link_type <= kHighestLinkType; ++link_type) {
    if (wtap_pcap_encap_to_wtap_encap(link_type) == encapsulation) return link_type;
  }
  return -1;
}

bool Compiles(const std::string& expression, int link_type) {
  const std::unique_ptr<pcap_t, PcapClose> handle(pcap_open_dead(link_type, kSnapLength));
  bpf_program program{};
  if (handle == nullptr ||
      pcap_compile(handle.get(), &program, expression.c_str(), 0, PCAP_NETMASK_UNKNOWN) != 0) {
    return false;
  }
  pcap_freecode(&program);
  return true;
}

}  // namespace

std::string DescribeFilterFault(const std::string& expression, const std::string& message,
                                int link_type) {
  std::string text = fmt::format("--bpf '{}'", expression);
  if (link_type != DLT_EN10MB) {
    const char* name = pcap_datalink_val_to_name(link_type);
    text += fmt::format(" on link type {}", name == nullptr ? std::to_string(link_type) : name);
  }
  text += ": " + message;
  if (message.find("syntax error") != std::string::npos) {
    text += DescribeFaultPlace(expression, [link_type](const std::string& attempt) {
      return Compiles(attempt, link_type);
    });
  }
  return text + " (see pcap-filter(7))";
}

// Those are link types whose stored pseudo-header wiretap takes off the packet's bytes: a filter
// compiled for them would look at the wrong offsets (wiretap/pcap-common.c,
// pcap_process_pseudo_header).
bool LosesPseudoHeader(int encapsulation) {
  switch (encapsulation) {
    case WTAP_ENCAP_ATM_PDUS:
    case WTAP_ENCAP_IRDA:
    case WTAP_ENCAP_MTP2_WITH_PHDR:
    case WTAP_ENCAP_LINUX_LAPD:
    case WTAP_ENCAP_SITA:
    case WTAP_ENCAP_BLUETOOTH_H4_WITH_PHDR:
    case WTAP_ENCAP_BLUETOOTH_LINUX_MONITOR:
    case WTAP_ENCAP_NFC_LLCP:
    case WTAP_ENCAP_PPP_WITH_PHDR:
    case WTAP_ENCAP_ERF:
    case WTAP_ENCAP_I2C_LINUX:
      return true;
    default:
      return false;
  }
}

void CaptureFilter::FreeProgram::operator()(bpf_program* program) const {
  pcap_freecode(program);
  delete program;
}

Result<CaptureFilter> CaptureFilter::Compile(const std::string& expression) {
  CaptureFilter filter(expression);
  auto program = filter.CompileFor(DLT_EN10MB);
  if (!program) return Forward(std::move(program));
  filter.by_encapsulation_.emplace(WTAP_ENCAP_ETHERNET, std::move(*program));
  return filter;
}

Result<CaptureFilter::Program> CaptureFilter::CompileFor(int link_type) const {
  const std::unique_ptr<pcap_t, PcapClose> handle(pcap_open_dead(link_type, kSnapLength));
  if (handle == nullptr) return Fail("--bpf '{}': out of memory", expression_);
  auto compiled = std::make_unique<bpf_program>();
  if (pcap_compile(handle.get(), compiled.get(), expression_.c_str(), 1, PCAP_NETMASK_UNKNOWN) !=
      0) {
    return Fail("{}", DescribeFilterFault(expression_, pcap_geterr(handle.get()), link_type));
  }
  return Program(compiled.release());
}

Result<bool> CaptureFilter::Matches(const wireshark::Record& record) {
  if (record.rec().rec_type != REC_TYPE_PACKET) return false;
  const auto& header = record.rec().rec_header.packet_header;
  auto found = by_encapsulation_.find(header.pkt_encap);
  if (found == by_encapsulation_.end()) {
    const int link_type = LinkTypeOf(header.pkt_encap);
    if (link_type < 0) {
      return Fail("--bpf '{}': capture filters don't work on link type {}", expression_,
                  wtap_encap_description(header.pkt_encap));
    }
    auto program = CompileFor(link_type);
    if (!program) return Forward(std::move(program));
    found = by_encapsulation_.emplace(header.pkt_encap, std::move(*program)).first;
  }
  pcap_pkthdr packet{};
  packet.caplen = header.caplen;
  packet.len = header.len;
  return pcap_offline_filter(found->second.get(), &packet, record.start()) != 0;
}

}  // namespace espcap::source
