# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures by the number, made of recorded packets: each file of its own content, so that each document has its own id."""
import itertools
import struct

FIRST_SECOND = 1714607990  # 2024-05-01 23:59:50: the packets of a folder go into two indices
PCAP_HEADER = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1)


def packets_of(path):
    """The packets of a little-endian pcap, whole."""
    data, found, offset = path.read_bytes(), [], 24
    while offset < len(data):
        captured = int.from_bytes(data[offset + 8:offset + 12], "little")
        found.append(data[offset + 16:offset + 16 + captured])
        offset += 16 + captured
    return found


def write_pcap(path, packets, first_second=FIRST_SECOND, step_us=400):
    """With a time of its own for each packet."""
    with open(path, "wb") as stream:
        stream.write(PCAP_HEADER)
        for number, packet in enumerate(packets):
            seconds, microseconds = divmod(number * step_us, 1_000_000)
            stream.write(struct.pack("<IIII", first_second + seconds, microseconds, len(packet),
                                     len(packet)) + packet)


def fill(folder, files, packets_each, packets):
    """Files 0000.pcap and so on, of these packets round and round, a second of time apart."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        chosen = itertools.islice(itertools.cycle(packets), number, number + packets_each)
        write_pcap(folder / f"{number:04}.pcap", chosen, FIRST_SECOND + number)
    return folder
