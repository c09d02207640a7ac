// SPDX-License-Identifier: GPL-2.0-or-later
//
// Up to eight packets of one link type, dissected in a session of their own and written as
// documents, in one shape or another.
#include <algorithm>
#include <array>
#include <string>

#include "dissect/session.h"
#include "document_check.h"
#include "epan_once.h"
#include "espcap/byte_buffer.h"
#include "shapes.h"
#include "source/flow_hash.h"
#include "targets.h"

namespace espcap::fuzz {
namespace {

constexpr uint32_t kMaxPackets = 8;
constexpr std::array kUsual = {WTAP_ENCAP_ETHERNET,   WTAP_ENCAP_RAW_IP,
                               WTAP_ENCAP_SLL,        WTAP_ENCAP_IEEE_802_11_RADIOTAP,
                               WTAP_ENCAP_PPP,        WTAP_ENCAP_NULL,
                               WTAP_ENCAP_USB_LINUX,  WTAP_ENCAP_IEEE_802_11,
                               WTAP_ENCAP_LINUX_LAPD, WTAP_ENCAP_WIRESHARK_UPPER_PDU};

int ReadEncapsulation(Input& input) {
  const auto number = input.Next<uint8_t>();
  return number < kUsual.size() ? kUsual.at(number) : number % wtap_get_num_encap_types();
}

}  // namespace

void Dissection(Bytes bytes) {
  StartEpanOnce();
  Input input(bytes);
  Shape& shape = Shapes().at(input.NextBelow(static_cast<uint32_t>(Shapes().size())));
  const int encapsulation = ReadEncapsulation(input);
  PacketSource source;
  dissect::Session session({.selection = shape.selected(), .columns = shape.columns.get()});
  session.Attach(source);
  ByteBuffer document;
  for (uint32_t number = 1; number <= kMaxPackets && !input.empty(); ++number) {
    const std::string_view text = input.NextText<uint16_t>();
    const Bytes packet(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    source.SetPacket(encapsulation, packet);
    for (const auto key : {source::FlowKey::kPair, source::FlowKey::kFlow}) {
      static_cast<void>(source::FlowHash(key, encapsulation, packet));
    }
    const auto selected = session.Dissect(number);
    if (selected && *selected) {
      document.Clear();
      const std::string_view cut =
          shape.writer->Append(document, session.dissection(), source, number);
      CheckDocument(document.view(), shape.shape.limits);
      Require(cut.empty() == (document.view().find(R"("cut":[)") == std::string_view::npos),
              "a document that is cut says so");
    }
    session.Finish();
    if (number > 1) continue;
    document.Clear();
    shape.writer->AppendError(document, source, number, number, text);
    CheckDocument(document.view(), {});
  }
}

}  // namespace espcap::fuzz
