# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes a stream of packets to standard output: those of a capture, round after round, each round
between other IPv4 addresses and a little later, so that every conversation is a new one.

    endless.py CAPTURE.pcap PACKETS | espcap --file -
"""
import argparse
import pathlib
import struct
import sys

HEADER_BYTES = 24
RECORD_BYTES = 16
ETHERNET_BYTES = 14
SOURCE, DESTINATION = 12, 16  # within an IPv4 header


def records(data):
    """(offset of the record, offset of its frame, length)."""
    offset = HEADER_BYTES
    while offset < len(data):
        length, = struct.unpack_from("<I", data, offset + 8)
        yield offset, offset + RECORD_BYTES, length
        offset += RECORD_BYTES + length


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("capture", type=pathlib.Path, help="a little-endian pcap of Ethernet frames")
    parser.add_argument("packets", type=int)
    arguments = parser.parse_args()
    data = bytearray(arguments.capture.read_bytes())
    if data[:4] != b"\xd4\xc3\xb2\xa1" or data[20] != 1:
        sys.exit(f"{arguments.capture}: not a little-endian pcap of Ethernet frames")
    times, addresses, ends = [], [], []
    for record, frame, length in records(data):
        times.append(record)
        ends.append(frame + length)
        if data[frame + 12:frame + 14] == b"\x08\x00":
            header = frame + ETHERNET_BYTES
            addresses += [header + SOURCE + 1, header + DESTINATION + 1]
    first = struct.unpack_from("<I", data, times[0])[0]
    last = struct.unpack_from("<I", data, times[-1])[0]
    original = bytes(data)
    sys.stdout.buffer.write(data[:HEADER_BYTES])
    written = 0
    for turn in range(-(-arguments.packets // len(times))):
        for place in addresses:
            data[place] = original[place] ^ (turn & 0xFF)
        for place in times:
            seconds, = struct.unpack_from("<I", original, place)
            struct.pack_into("<I", data, place, seconds + turn * (last - first + 1))
        count = min(len(times), arguments.packets - written)
        sys.stdout.buffer.write(data[HEADER_BYTES:ends[count - 1]])
        written += count


if __name__ == "__main__":
    main()
