# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets of a pcapng, read block by block: an opinion that libwiretap has no part in."""
import collections
import struct
import subprocess

SECTION, INTERFACE, SIMPLE, PACKET, SECRETS = 0x0A0D0D0A, 1, 3, 6, 10
COMMENT, NAME, RESOLUTION, OFFSET = 1, 2, 9, 14
SECOND_NS = 10 ** 9

# `time`: in nanoseconds. `place`: of its block among the file's blocks.
Packet = collections.namedtuple("Packet", "time link length data comments interface")
Capture = collections.namedtuple("Capture", "packets sections interfaces kinds")


def options(data, order):
    found = collections.defaultdict(list)
    while len(data) >= 4:
        code, size = struct.unpack_from(order + "HH", data)
        if code == 0:
            break
        found[code].append(data[4:4 + size])
        data = data[4 + (size + 3) // 4 * 4:]
    return found


def units(told):
    """A second's."""
    if RESOLUTION not in told:
        return 10 ** 6
    power = told[RESOLUTION][0][0]
    return 2 ** (power & 0x7F) if power & 0x80 else 10 ** power


def blocks(data):
    """(byte order, type, body) of each whole block."""
    order, offset = "<", 0
    while offset + 12 <= len(data):
        if data[offset:offset + 4] == b"\n\r\r\n":
            order = "<" if data[offset + 8:offset + 12] == b"\x4d\x3c\x2b\x1a" else ">"
        kind, length = struct.unpack_from(order + "II", data, offset)
        if length < 12 or offset + length > len(data):
            return
        yield order, kind, data[offset + 8:offset + length - 4]
        offset += length


def read(data):
    """Of the file's bytes."""
    packets, interfaces, kinds, sections, every, at = [], [], [], 0, 0, 0
    for order, kind, body in blocks(data):
        kinds.append(kind)
        at += len(body) + 12
        if kind == SECTION:
            interfaces = []
            sections += 1
        elif kind == INTERFACE:
            every += 1
            told = options(body[8:], order)
            offset = struct.unpack(order + "q", told[OFFSET][0])[0] if OFFSET in told else 0
            interfaces.append((struct.unpack_from(order + "H", body)[0], units(told), offset,
                               told.get(NAME, [b""])[0].rstrip(b"\0").decode()))
        elif kind == PACKET:
            number, high, low, captured, original = struct.unpack_from(order + "IIIII", body)
            link, unit, offset, name = interfaces[number]
            seconds, rest = divmod(high << 32 | low, unit)
            told = options(body[20 + (captured + 3) // 4 * 4:], order)
            packets.append(Packet((seconds + offset) * SECOND_NS + rest * SECOND_NS // unit, link, original,
                                  body[20:20 + captured], tuple(told[COMMENT]), name))
    assert at == len(data), "a block is cut off"
    return Capture(packets, sections, every, kinds)


def block(kind, body, order="<"):
    body += b"\0" * (-len(body) % 4)
    return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def section(order="<"):
    return block(SECTION, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link, *told):
    return block(INTERFACE, struct.pack("<HHI", link, 0, 262144) + b"".join(told) + option(0, b""))


def packet(number, ticks, data, *told):
    return block(PACKET, struct.pack("<IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data) + 7) +
                 data + b"\0" * (-len(data) % 4) + b"".join(told) + option(0, b""))


def secrets(text):
    return block(SECRETS, struct.pack("<II", 0x544C534B, len(text)) + text)


def packets_of(path):
    """Of a capture of any format."""
    if path.suffix == ".pcapng":
        return read(path.read_bytes()).packets
    converted = subprocess.run(["editcap", "-F", "pcapng", path, "-"], stdout=subprocess.PIPE, check=True).stdout
    return read(converted).packets


def plain(packets):
    """What must be the same, without the names of interfaces, which a pcap has none of."""
    return sorted((one.time, one.link, one.length, one.data, one.comments) for one in packets)
