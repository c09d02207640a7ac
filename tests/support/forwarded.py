# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets that were forwarded to a topic: its messages with their headers, and what a program reads of a partition."""
import collections
import re
import subprocess
import uuid

import pcapng
from project import TEST_PCAPS

# Of several formats, compressions, link types and interfaces.
CAPTURES = [TEST_PCAPS / name for name in (
    "http.pcap", "arp.pcap", "two-interfaces.pcapng", "tls.pcapng", "compressed.pcap.gz", "cooked.pcap", "fragments.pcap",
    "nanosecond.pcap", "snaplen.pcap", "vlan.pcap")]

HEADERS = re.compile(
    rb"espcap=(?P<version>\d+),sensor=(?P<sensor>[^,]*),capture=(?P<capture>[\w-]{22}),records=(?P<records>.*),"
    rb"packets=(?P<packets>\d+),first=(?P<first>-?\d+),last=(?P<last>-?\d+)(?:,file=(?P<file>.*))?", re.DOTALL)

# `records`: the numbers. `times`: the first and the last, in nanoseconds.
Section = collections.namedtuple("Section", "partition value sensor capture records times file")


def record_numbers(data):
    """As docs/forwarding.md has them."""
    numbers, number, shift, last = [], 0, 0, 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            last += number
            numbers.append(last)
            number = shift = 0
    assert shift == 0, data
    return numbers


def consume(broker, topic, *arguments):
    """What kcat prints of all messages."""
    command = ["kcat", "-C", "-q", "-e", "-b", broker.plain, "-t", topic, "-o", "beginning", *arguments]
    return subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=True, timeout=300).stdout


def sections(broker, topic):
    """All of them, in the order of each partition."""
    mark = uuid.uuid4().hex.encode()
    found = []
    for message in consume(broker, topic, "-f", f"%p %S %k\\n%s%h{mark.decode()}").split(mark)[:-1]:
        head, _, rest = message.partition(b"\n")
        partition, size, key = head.split(b" ")
        value, headers = rest[:int(size)], HEADERS.fullmatch(rest[int(size):])
        assert headers and headers["version"] == b"1" and key == b"", rest[int(size):]
        numbers = record_numbers(headers["records"])
        assert len(numbers) == int(headers["packets"]), headers
        found.append(Section(int(partition), value, headers["sensor"].decode(), headers["capture"].decode(), numbers,
                             (int(headers["first"]), int(headers["last"])),
                             headers["file"].decode() if headers["file"] else None))
    return found


def packets_by_id(found):
    """{id of the packet's document: the packet}; one that came several times is the same each time."""
    packets = {}
    for section in found:
        for number, packet in zip(section.records, pcapng.read(section.value).packets, strict=True):
            known = packets.setdefault(f"{section.capture}-{number}", packet)
            assert known == packet, (section.capture, number)
    return packets


def partition_bytes(broker, topic, partition):
    """The values one after the other, as a program reads them."""
    return consume(broker, topic, "-p", partition, "-D", "")
