# SPDX-License-Identifier: GPL-2.0-or-later
"""Which packets of a capture a capture filter takes, by tcpdump and by espcap."""
import base64
import calendar
import collections
import hashlib
import json
import struct
import subprocess
import time

import pcapng

PCAP_MAGICS = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}
PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"
SECTION, INTERFACE, PACKET, SIMPLE_PACKET, ENHANCED_PACKET = PCAPNG_MAGIC, 1, 2, 3, 6


def is_pcap(path):
    """Whether tcpdump could read it."""
    with open(path, "rb") as stream:
        magic = stream.read(4)
    return magic in PCAP_MAGICS or magic == PCAPNG_MAGIC


def packets_of_pcapng(path):
    """The bytes of each packet, padded."""
    return [body[20:] for _, kind, body in pcapng.blocks(path.read_bytes()) if kind == ENHANCED_PACKET]


def split(path, folder):
    """The capture's parts of one link type each, which is all that tcpdump reads: itself where it has one."""
    data = path.read_bytes()
    if data[:4] != PCAPNG_MAGIC:
        return [path]
    interfaces, packets = [], collections.defaultdict(list)
    for order, kind, body in pcapng.blocks(data):
        if kind == 0x0a0d0d0a:
            interfaces = []
        elif kind == INTERFACE:
            interfaces.append(struct.unpack_from(order + "H", body)[0])
        elif kind in (ENHANCED_PACKET, PACKET):
            layout = "IIIII" if kind == ENHANCED_PACKET else "HHIIII"
            numbers = struct.unpack_from(order + layout, body)
            captured, length = numbers[-2:]
            packets[order, interfaces[numbers[0]]].append((body[20:20 + captured], length))
    if len({link_type for _, link_type in packets}) < 2:
        return [path]
    parts = []
    for (order, link_type), chosen in packets.items():
        parts.append(folder / f"{path.name}.{link_type}.pcap")
        with open(parts[-1], "wb") as stream:
            stream.write(struct.pack(order + "IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, link_type))
            for number, (content, length) in enumerate(chosen):
                stream.write(struct.pack(order + "IIII", number, 0, len(content), length) + content)
    return parts


def by_tcpdump(path, expression=None):
    """(times of packets in ns, what it refuses). A file that ends early has those before."""
    command = ["tcpdump", "--time-stamp-precision=nano", "-r", path, "-w", "-"]
    run = subprocess.run([*command, *([expression] if expression else [])], capture_output=True, check=False,
                         timeout=60)
    packets, offset = [], 24
    while offset + 16 <= len(run.stdout):
        seconds, nanoseconds, captured, length = struct.unpack_from("=IIII", run.stdout, offset)
        packets.append(seconds * 10**9 + nanoseconds)
        offset += 16 + captured
    refused = run.stderr.decode(errors="replace").splitlines() if run.returncode else []
    return packets, " ".join(refused[-1:])


def key_of(path):
    """What the ids of a file's documents begin with."""
    return base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()[:16]).decode().rstrip("=")


def nanoseconds_of(epoch):
    """Of frame.time_epoch: seconds, or from 4.4 on a time of ISO 8601."""
    whole, _, fraction = epoch.rstrip("Z").partition(".")
    if "T" in whole:
        whole = calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S"))
    return int(whole) * 10**9 + int(fraction.ljust(9, "0")[:9] or 0)


def by_espcap(espcap, paths, expression=None):
    """(times of packets in ns, by key_of() of their file; the run)"""
    arguments = [argument for path in paths for argument in ("--file", path)]
    run = espcap(*arguments, "--format", "bulk", "--fields", "frame.time_epoch",
                 *(["--bpf", expression] if expression else []), timeout=600)
    found = collections.defaultdict(list)
    lines = run.out.splitlines()
    for action, document in zip(lines[::2], lines[1::2]):
        key = json.loads(action)["create"]["_id"].rsplit("-", 1)[0]
        frame = json.loads(document)["layers"]["frame"]
        found[key].append(nanoseconds_of(frame.get("frame_frame_time_epoch", "0")))
    return found, run
