# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of other link types, made of a capture's IP packets: what is before them differs."""
import struct

import pcapng

AF_INET, AF_INET6_OF_OTHERS = 2, (24, 28, 30)  # NetBSD and OpenBSD, FreeBSD, Darwin
MAGIC, NANOSECOND_MAGIC = 0xa1b2c3d4, 0xa1b23c4d
ETHERNET_BYTES = 14
BEACON = bytes.fromhex("80000000ffffffffffff0200000000010200000000011000" "00000000000000006400210400047465" "7374")
DATA = bytes.fromhex("080200000200000000020200000000010200000000032000" "aaaa03000000")


def ip_packets(ethernet_frames):
    """The IP packets of frames without tags."""
    return [frame[ETHERNET_BYTES:] for frame in ethernet_frames if frame[12:14] in (b"\x08\x00", b"\x86\xdd")]


def is_ipv6(packet):
    return packet[0] >> 4 == 6


def write(path, link_type, packets, order="<", magic=MAGIC):
    """A pcap file in this byte order, its packets a second apart."""
    with open(path, "wb") as stream:
        stream.write(struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link_type))
        for number, packet in enumerate(packets):
            stream.write(struct.pack(order + "IIII", 1_600_000_000 + number, 0, len(packet), len(packet)) + packet)
    return path


def write_pcapng(path, interfaces, order="<"):
    """A pcapng file in this byte order: (link type, packets) of each interface, a second apart."""
    second = 1_600_000_000
    with open(path, "wb") as stream:
        stream.write(pcapng.section(order))
        for link_type, _ in interfaces:
            stream.write(pcapng.block(pcapng.INTERFACE, struct.pack(order + "HHI", link_type, 0, 262144), order))
        for number, (_, packets) in enumerate(interfaces):
            for packet in packets:
                time = second * 1_000_000
                body = struct.pack(order + "IIIII", number, time >> 32, time & 0xffffffff, len(packet), len(packet))
                stream.write(pcapng.block(pcapng.PACKET, body + packet, order))
                second += 1
    return path


def loopback(packets, order, family6):
    """With the BSDs' address family before each."""
    return [struct.pack(order + "I", family6 if is_ipv6(packet) else AF_INET) + packet for packet in packets]


def make_all(folder, packets):
    """A capture of each link type here, in `folder`."""
    ethertypes = [struct.pack(">H", 0x86dd if is_ipv6(packet) else 0x0800) for packet in packets]

    def typed(header, size=0):
        return [header + kind + bytes(size) + packet for kind, packet in zip(ethertypes, packets)]

    ppp = [bytes.fromhex("ff030057" if is_ipv6(packet) else "ff030021") + packet for packet in packets]
    made = [
        write(folder / "raw.pcap", 101, packets),
        write(folder / "ppp.pcap", 9, ppp),
        write(folder / "ppp-serial.pcap", 50, ppp),
        write(folder / "c-hdlc.pcap", 104, typed(b"\x0f\x00")),
        write(folder / "sll.pcap", 113, typed(bytes.fromhex("0000000100060200000000010000"))),
        write(folder / "sll2.pcap", 276, [
            kind + bytes.fromhex("0000000000020001" "00060200000000010000") + packet
            for kind, packet in zip(ethertypes, packets)]),
        write(folder / "ieee802-11.pcap", 105, [BEACON, *typed(DATA)]),
        write(folder / "radiotap.pcap", 127, [bytes.fromhex("0000080000000000") + frame
                                              for frame in (BEACON, *typed(DATA))]),
        write(folder / "vlan.pcap", 1, typed(bytes.fromhex("0200000000020200000000018100000a"))),
        write(folder / "mpls.pcap", 1, [bytes.fromhex("0200000000020200000000018847000641ff") + packet
                                        for packet in packets]),
        write(folder / "pppoe.pcap", 1, [
            bytes.fromhex("020000000002020000000001886411000001") + struct.pack(">H", len(packet) + 2) +
            frame[2:] for packet, frame in zip(packets, ppp)]),
        write(folder / "sunatm.pcap", 123, typed(bytes.fromhex("02000064aaaa03000000"))),
        write(folder / "mtp2.pcap", 139, [bytes.fromhex("00000000" "8f8f23" "83" "01800000") + bytes(9)]),
    ]
    for order, name in (("<", "little"), (">", "big")):
        for family in AF_INET6_OF_OTHERS:
            frames = loopback(packets, order, family)
            made.append(write(folder / f"null-{name}-{family}.pcap", 0, frames, order))
            made.append(write(folder / f"enc-{name}-{family}.pcap", 109,
                              [frame[:4] + bytes(8) + frame[4:] for frame in frames], order))
        frames = loopback(packets, order, AF_INET6_OF_OTHERS[2])
        made.append(write(folder / f"null-{name}-ns.pcap", 0, frames, order, NANOSECOND_MAGIC))
        made.append(write_pcapng(folder / f"null-{name}.pcapng", [(0, frames)], order))
        # Its packets don't have the order that its header says, as where a file was written anew.
        made.append(write(folder / f"null-other-{name}.pcap", 0, frames, "<" if order == ">" else ">"))
    made.append(write(folder / "loop.pcap", 108, loopback(packets, ">", AF_INET6_OF_OTHERS[0])))
    return made
