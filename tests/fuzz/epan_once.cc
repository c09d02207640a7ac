// SPDX-License-Identifier: GPL-2.0-or-later
#include "epan_once.h"

#include <cstdlib>
#include <filesystem>

#include "../unit/temporary_directory.h"
#include "dissect/epan_library.h"

namespace espcap::fuzz {

void StartEpanOnce() {
  // It is left as it is at the process's end: the library's clean-up isn't what is looked at.
  [[maybe_unused]] static const auto* library = [] {
    const espcap::testing::TemporaryDirectory empty;
    ::setenv("WIRESHARK_CONFIG_DIR", empty.Path().c_str(), 1);
    auto started = dissect::EpanLibrary::Start("espcap_fuzz", {}, nullptr);
    Require(started.has_value(), "libwireshark starts", started ? "" : started.error().message);
    return started->release();
  }();
}

PacketSource::PacketSource() : CaptureSource("fuzzed.pcapng") {
  file_type_ = wtap_pcapng_file_type_subtype();
}

void PacketSource::SetPacket(int encapsulation, Bytes packet) {
  wireshark::RecordHeader header = wireshark::PacketHeader();
  header.presence_flags = WTAP_HAS_TS | WTAP_HAS_CAP_LEN;
  header.time = {1'714'607'990 + static_cast<time_t>(record_number_), 0};
  header.time_precision = WTAP_TSPREC_NSEC;
  wtap_packet_header& details = header.details.packet_header;
  details.caplen = static_cast<guint32>(packet.size());
  details.len = details.caplen;
  details.pkt_encap = encapsulation;
  if (encapsulation == WTAP_ENCAP_ETHERNET) details.pseudo_header.eth.fcs_len = -1;
  Require(record_.Set(header, packet), "a packet is a record");
  ++record_number_;
}

}  // namespace espcap::fuzz
