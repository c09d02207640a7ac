// SPDX-License-Identifier: GPL-2.0-or-later
//
// What another machine sends over tcp://: a capture of any content, read by libpcap, made records
// of and put where workers read them.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "base/file_descriptor.h"
#include "epan_once.h"
#include "live/link_packets.h"
#include "live/remote_stream.h"
#include "source/flow_hash.h"
#include "stream/frame_image.h"
#include "targets.h"

namespace espcap::fuzz {
namespace {

using stream::FrameImage;

constexpr size_t kMaxBytes = size_t{64} << 10U;  // that a socket takes without a reader
constexpr int kMaxPackets = 256;

base::FileDescriptor Connection(std::string_view sent) {
  std::array<int, 2> ends{};
  Require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0, "a connection");
  base::FileDescriptor ours(ends[0]);
  const base::FileDescriptor theirs(ends[1]);
  const ssize_t written = ::send(theirs.get(), sent.data(), sent.size(), MSG_NOSIGNAL);
  Require(written == static_cast<ssize_t>(sent.size()), "all is sent");
  return ours;
}

void CheckPacket(const live::LinkPackets& packets, const pcap_pkthdr& packet, Bytes bytes) {
  const size_t whole = bytes.size();
  const auto header = packets.HeaderOf(packet, bytes);
  if (!header) return;
  const wtap_packet_header& details = header->details.packet_header;
  Require(bytes.size() <= whole && details.caplen == bytes.size(), "a packet has its own bytes");
  Require(details.len >= details.caplen, "a packet isn't longer than it was");
  for (const auto key : {source::FlowKey::kPair, source::FlowKey::kFlow}) {
    static_cast<void>(source::FlowHash(key, packets.encapsulation(), bytes));
  }
  std::string image(FrameImage::PlainBytes(bytes.size()), '\0');
  FrameImage::WritePlain(*header, bytes, image);
  wireshark::Record record;
  Require(FrameImage::Read(image, record), "a worker reads what is written");
  Require(std::equal(bytes.begin(), bytes.end(), record.data().begin(), record.data().end()),
          "a worker reads the same bytes");
}

}  // namespace

void RemoteStream(Bytes bytes) {
  StartEpanOnce();  // libwiretap alone would be started twice where other targets run, too
  Input input(bytes);
  const bool filters = input.NextBool();
  auto stream = live::RemoteStream::ReadFrom(Connection(input.Rest().substr(0, kMaxBytes)),
                                             [] { return true; });
  if (!stream) return Require(!stream.error().message.empty(), "an error says what is wrong");
  const auto packets = live::LinkPackets::Of((*stream)->link_type(), 0, true);
  if (!packets) return Require(!packets.error().message.empty(), "an error says what is wrong");
  if (filters && !(*stream)->SetFilter("ip and not udp")) return;
  pcap_pkthdr packet{};
  Bytes taken;
  for (int count = 0; count < kMaxPackets; ++count) {
    const auto more = (*stream)->Next(packet, taken);
    if (!more || !*more) return;
    Require(taken.size() == packet.caplen && taken.size() <= kMaxBytes, "a packet was sent");
    CheckPacket(*packets, packet, taken);
  }
}

}  // namespace espcap::fuzz
