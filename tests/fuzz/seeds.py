#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What fuzzing begins with: seeds.py FOLDER writes a few small inputs for each target into FOLDER/TARGET.

They are made of the project's captures and fixtures, in the order in which a target takes its bytes. An input that a
target reads otherwise than meant is no fault: fuzzing goes on from there."""
import gzip
import json
import pathlib
import random
import re
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEST_PCAPS = ROOT / "test_pcaps"
FIXTURES = ROOT / "tests" / "fixtures"

SHAPES = 6  # of documents (shapes.cc)
ENCAPSULATIONS = {1: 0, 101: 1, 113: 2, 127: 3}  # link type: its place in dissection.cc
PACKETS_EACH, PACKETS_OF_A_CAPTURE = 4, 24
SLOT_PROGRESS_BYTES, SLOT_DOCUMENT_BYTES = 208, 40
MOST_STREAM_BYTES = 6000


def sized(text, form="B"):
    """Preceded by its length."""
    text = text[:(1 << 8 * struct.calcsize(form)) - 1]
    return struct.pack("<" + form, len(text)) + text


def packets_of(path):
    """(link type, packets) of a pcap; of a pcapng, those of its enhanced packet blocks."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    found, offset = [], 24
    if path.suffix == ".pcapng":
        link_type, offset = 1, 0
        while offset + 12 <= len(data):
            kind, length = struct.unpack_from("<II", data, offset)
            if kind == 6:
                captured = struct.unpack_from("<I", data, offset + 20)[0]
                found.append(data[offset + 28:offset + 28 + captured])
            offset += length
        return link_type, found
    link_type = struct.unpack_from("<I", data, 20)[0]
    while offset + 16 <= len(data):
        captured = struct.unpack_from("<I", data, offset + 8)[0]
        found.append(data[offset + 16:offset + 16 + captured])
        offset += 16 + captured
    return link_type, found


def captures():
    return sorted(path for path in TEST_PCAPS.iterdir() if re.search(r"\.(pcap|pcapng|gz)$", path.name))


def bulk_answer():
    for path in sorted((ROOT / "tests" / "data" / "bulk_responses").glob("*/*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))["whole"]["body"]
        text = body if isinstance(body, str) else json.dumps(body)
        try:
            documents = len(json.loads(text).get("items", []))
        except ValueError:
            documents = 1
        yield struct.pack("B", documents) + text.encode()


def configuration():
    sample = (ROOT / "config" / "espcap.yml").read_text(encoding="utf-8")
    yield b"node: http://127.0.0.1:9200\nindex: packets-%Y\nfields:\n  - ip\n  - frame.number\nhex: true\n"
    for example in re.findall(r"^#([a-z][a-z-]*:.*(?:\n#  - .*)*)", sample, re.MULTILINE):
        yield re.sub(r"^#", "", example, flags=re.MULTILINE).encode() + b"\n"
    yield b"a: &x [1, 2]\nb: *x\n? [c]\n: {d: e}\n---\n!!str f: |\n  g\n"


def dead_letters():
    lines = (FIXTURES / "f216050" / "dead-letters").read_bytes().splitlines(True)
    short = [b'{"time":"2024-05-01T12:00:00.123Z","index":"packets","id":"ab-%d","status":400,"reason":"r",'
             b'"source":"a.pcap","frame":%d,"document":{"a":%d}}\n' % (n, n, n) for n in range(5)]
    edited = b'{"index":"packets", "id":"x", "document": "a text", "more":{"a":[1]}}\n'
    for outcomes in (0, 0x55555555, 0x12345678):
        for content in (lines[0], b"".join(short), edited + short[0] + b"no letter\n\n" + edited):
            yield struct.pack("<IB", outcomes, 3) + content


def dissection():
    turn = 0
    for path in captures():
        link_type, packets = packets_of(path)
        packets = packets[:PACKETS_OF_A_CAPTURE]
        for first in range(0, len(packets), PACKETS_EACH):
            chosen = b"".join(sized(packet, "H") for packet in packets[first:first + PACKETS_EACH])
            yield struct.pack("BB", turn % SHAPES, ENCAPSULATIONS.get(link_type, 0)) + chosen
            turn += 1


def packet_ring():
    def record(packet, path=b"", options=b""):
        return (b"\x01" + b"\x01\x00\x00" + sized(path) + sized(packet) + b"\x00\x00" +
                (b"\x01" + sized(options) if options else b"\x00") + b"\x00" + b"\x00\x07")

    fact = b"\x00" + b"\x00" + struct.pack("<I", 7) + b"\x01\x01" + sized(b"eth0\x00an interface") + b"\x01\x00"
    for path in captures():
        packets = [packet for packet in packets_of(path)[1] if len(packet) < 200][:3]
        yield b"\x00" + struct.pack("B", len(packets)) + fact + b"".join(map(record, packets)) + b"\x02\x02\x00"
    yield b"\x00\x02" + record(b"x" * 60, b"/tmp/a.pcapng") + fact + record(b"y", b"", b"z" * 40) + bytes(4)


def remote_stream():
    for turn, path in enumerate(captures()):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        yield struct.pack("B", turn % 2) + data[:MOST_STREAM_BYTES]


def spool():
    for path in sorted((FIXTURES / "f216050" / "spool").glob("*.spool")):
        yield b"\x00\x01" + sized(path.read_bytes(), "H")
    whole, damaged = b"\x02\x00\x01\x00", b"\x03\x01\x02\x01\x40\x00\x05\x01"
    frame = b"\x01" + sized(b"a list") + sized(b"a payload") + b"\x00\x01\x01\x00\x03\x09\x00\x00"
    for parts in (whole * 3, whole + damaged + whole, frame * 2 + whole, sized(b"raw") + whole + frame):
        yield b"\x00\x00\x01" + parts
        yield b"\x02\x00\x01" + parts * 6 + bytes(20) + b"\x05\x00\x01" + parts


def tree():
    chance = random.Random(1)
    for number in range(40):
        yield struct.pack("BB", number % SHAPES, 99) + chance.randbytes(100 + 10 * number)


def worker_batch():
    documents = [b'{"a":1}\n', b'{"a":"' + b"x" * 300 + b'"}\n', b'{"timestamp":"1","layers":{"frame":{}}}\n']
    for count in (1, 2, 5):
        table = b"".join(struct.pack("<QQqiIQ", 9, 1 + number, 1_714_607_990 + 86400 * number, 5, 1 + number, 0)
                         for number in range(count))
        assert len(table) == count * SLOT_DOCUMENT_BYTES
        for text in (b"".join(documents), documents[0] * count, documents[1] + b"{}", b"no object\n"):
            yield b"\x01\x01" + bytes(4 + SLOT_PROGRESS_BYTES) + struct.pack("B", count) + table + text
    yield b"\x00\x00" + bytes(4) + struct.pack("<QIIQ", 8, 1, 1, 1) + bytes(200) + documents[0]


def worker_messages():
    def message(kind, outcome=0, frame=0, text=b"", how=0):
        return struct.pack("BBBBB", how, kind, outcome, frame, 0) + sized(text) + b"\x00"

    talks = [message(0) + message(1) + message(2, text=b"a warning\x1b[0m") + message(0) + message(9),
             message(3, frame=7) + message(9, outcome=1),
             message(4, text=b"a.pcap") + message(5) + message(4, text=b"b.pcap") + message(5, 5) + message(9),
             message(6, text=b"no such device") + message(7) + message(8, text=b"EN10MB"),
             message(0, how=3) + message(2, how=0xE0) + message(2, how=0xE1), message(10), message(0xFF)]
    for role in range(5):
        for flags in (b"\x00\x00\x00", b"\x01\x01\x01\x07"):
            for talk in talks:
                yield struct.pack("B", role) + flags + talk


TARGETS = (bulk_answer, configuration, dead_letters, dissection, packet_ring, remote_stream, spool, tree, worker_batch,
           worker_messages)


def write(folder):
    for target in TARGETS:
        (folder / target.__name__).mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(target()):
            (folder / target.__name__ / f"{number:03}").write_bytes(content)


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))
