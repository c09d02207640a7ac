// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/capture_filter.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "source/link_type.h"

namespace espcap::source {

Result<CaptureFilter> CaptureFilter::Prepare(const std::string& expression) {
  constexpr std::array<int, 12> kUsual = {
      WTAP_ENCAP_ETHERNET, WTAP_ENCAP_NULL,    WTAP_ENCAP_LOOP,
      WTAP_ENCAP_RAW_IP,   WTAP_ENCAP_RAW_IP4, WTAP_ENCAP_RAW_IP6,
      WTAP_ENCAP_SLL,      WTAP_ENCAP_SLL2,    WTAP_ENCAP_IEEE_802_11,
      WTAP_ENCAP_PPP,      WTAP_ENCAP_CHDLC,   WTAP_ENCAP_IEEE_802_11_RADIOTAP};
  if (auto checked = CheckCaptureFilter(expression); !checked) return Forward(std::move(checked));
  CaptureFilter filter(expression);
  for (const int encapsulation : kUsual) filter.CompiledFor(encapsulation, ByteOrder::kOurs);
  filter.CompiledFor(WTAP_ENCAP_NULL, ByteOrder::kSwapped);
  return filter;
}

void CaptureFilter::BeginCapture(const std::string& path, wtap* handle) {
  path_ = path;
  order_.reset();
  // Bytes beyond it don't exist for libpcap, where a damaged pcap file has some.
  const auto snap_length = static_cast<uint32_t>(wtap_snapshot_length(handle));
  const bool is_pcapng = wtap_file_type_subtype(handle) == wtap_pcapng_file_type_subtype();
  snap_length_ = snap_length == 0 || is_pcapng ? UINT32_MAX : snap_length;
  // A capture without packets has a link type, too.
  const int encapsulation = wtap_file_encap(handle);
  if (encapsulation > WTAP_ENCAP_UNKNOWN) ProgramFor(encapsulation, ByteOrder::kOurs);
}

Result<bool> CaptureFilter::Matches(const wireshark::Record& record) {
  if (record.rec().rec_type != REC_TYPE_PACKET) return false;
  const auto& header = record.rec().rec_header.packet_header;
  const bpf_program* program = ProgramFor(header.pkt_encap, OrderOf(record));
  if (program == nullptr) return false;
  const auto taken_off = PseudoHeaderBytes(header.pkt_encap);
  if (taken_off != 0U && (!taken_off || LooksAtBytes(*program))) {
    return Fail(
        "{}: --bpf '{}': libwiretap takes a pseudo-header off packets of link type {}, so "
        "that capture filters can't look at their bytes; --filter can",
        path_, expression_, EncapsulationName(header.pkt_encap));
  }
  pcap_pkthdr packet{};
  packet.caplen = std::min(header.caplen, snap_length_);
  packet.len = header.len + *taken_off;
  return pcap_offline_filter(program, &packet, record.start()) != 0;
}

const bpf_program* CaptureFilter::ProgramFor(int encapsulation, ByteOrder order) {
  Compiled& compiled = CompiledFor(encapsulation, order);
  if (!std::exchange(compiled.is_told, true) && told_) {
    told_(compiled.program ? ""
                           : fmt::format("{} ({})", EncapsulationName(encapsulation),
                                         compiled.program.error().message));
  }
  return compiled.program ? compiled.program->get() : nullptr;
}

CaptureFilter::Compiled& CaptureFilter::CompiledFor(int encapsulation, ByteOrder order) {
  const std::pair<int, ByteOrder> key(encapsulation, order);
  if (const auto found = compiled_.find(key); found != compiled_.end()) return found->second;
  const auto link_type = LinkTypeOf(encapsulation);
  Result<FilterProgram> program = Fail("libpcap does not support it");
  if (link_type) program = CompileFilter(expression_, *link_type, order);
  return compiled_.emplace(key, Compiled{std::move(program)}).first->second;
}

// Where the file doesn't say it, an address family does, since it is a small number.
ByteOrder CaptureFilter::OrderOf(const wireshark::Record& record) {
  constexpr uint32_t kHighestFamily = 0xFFFF;
  const auto& header = record.rec().rec_header.packet_header;
  if (!HasWritersByteOrder(header.pkt_encap)) return ByteOrder::kOurs;
  if (!order_) order_ = WritersByteOrder(path_);
  if (*order_) return **order_;
  uint32_t family = 0;
  if (header.caplen < sizeof(family)) return ByteOrder::kOurs;
  std::memcpy(&family, record.start(), sizeof(family));
  return family > kHighestFamily ? ByteOrder::kSwapped : ByteOrder::kOurs;
}

}  // namespace espcap::source
