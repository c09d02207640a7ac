# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets that are told apart by their ports, whatever becomes of their documents' order."""
import struct

FIRST_PORT = 20_000
PORTS = 1000  # a packet's number is that of its source port by these, and of its other port
FIELDS = ["--fields", "udp.srcport,udp.dstport"]


def packet(number):
    source, destination = divmod(number, PORTS)
    udp = struct.pack(">HHHH", FIRST_PORT + source, FIRST_PORT + destination, 8, 0)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28, number & 0xffff, 0, 64, 17, 0, b"\x0a\0\0\1", b"\x0a\0\0\2")
    return b"\2\0\0\0\0\1" + b"\2\0\0\0\0\2" + b"\x08\0" + ip + udp


def numbers_of(documents):
    def port(document, name):
        return int(document["layers"]["udp"][f"udp_udp_{name}"]) - FIRST_PORT
    return [port(one, "srcport") * PORTS + port(one, "dstport") for one in documents]
