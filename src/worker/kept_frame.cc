// SPDX-License-Identifier: GPL-2.0-or-later
#include "worker/kept_frame.h"

#include <utility>

#include "live/raw_file.h"

namespace espcap::worker {

Result<void> KeepFrame(base::FileDescriptor file, const source::CaptureSource& source,
                       const std::string& reason) {
  const wtap_rec& rec = source.record().rec();
  if (rec.rec_type != REC_TYPE_PACKET) return Fail("it isn't a packet, which pcapng could hold");
  const wtap_packet_header& packet = rec.rec_header.packet_header;
  const char* name = (rec.presence_flags & WTAP_HAS_INTERFACE_ID) == 0
                         ? nullptr
                         : source.InterfaceName(packet.interface_id, rec.section_number);
  constexpr uint32_t kNoSnaplen = 0;
  auto kept = live::RawFile::Begin(std::move(file), {name == nullptr ? "unknown" : name, "",
                                                     packet.pkt_encap, kNoSnaplen, true});
  if (!kept) return Forward(std::move(kept));
  (*kept)->SetComment(reason);
  if (auto written = (*kept)->Add(source.record().header(), source.record().packet_bytes());
      !written) {
    return written;
  }
  return (*kept)->Flush();
}

}  // namespace espcap::worker
