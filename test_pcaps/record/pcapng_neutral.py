#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pcapng_neutral.py IN OUT: copy a pcapng file without what it tells about
the machine: the processor and the operating system in its section header
(options 2 and 3) and the operating system of its interfaces (option 12).
All else stays as it is.  Little-endian files only."""

import struct
import sys

SECTION_HEADER = 0x0A0D0D0A
INTERFACE = 1
# block type: (bytes before the options, options to leave out)
RULES = {SECTION_HEADER: (16, {2, 3}), INTERFACE: (8, {12})}


def without(options, unwanted):
    kept = b""
    offset = 0
    while offset + 4 <= len(options):
        code, length = struct.unpack_from("<HH", options, offset)
        size = 4 + (length + 3) // 4 * 4
        if code not in unwanted:
            kept += options[offset:offset + size]
        offset += size
        if code == 0:
            break
    return kept


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    if data[8:12] != b"\x4d\x3c\x2b\x1a":
        sys.exit("not a little-endian pcapng file")
    out = b""
    offset = 0
    while offset < len(data):
        kind, length = struct.unpack_from("<II", data, offset)
        body = data[offset + 8:offset + length - 4]
        if kind in RULES:
            fixed, unwanted = RULES[kind]
            body = body[:fixed] + without(body[fixed:], unwanted)
        if kind == SECTION_HEADER:
            body = body[:8] + b"\xff" * 8 + body[16:]  # length not specified
        size = len(body) + 12
        out += struct.pack("<II", kind, size) + body + struct.pack("<I", size)
        offset += length
    with open(sys.argv[2], "wb") as file:
        file.write(out)


if __name__ == "__main__":
    main()
