#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a capture holds: tshark's protocol hierarchy and pairs of addresses, as shares of the packets."""

import collections
import re
import subprocess
import sys


def main():
    text = subprocess.run(
        ["tshark", "-n", "-q", "-r", sys.argv[1],
         "-z", "io,phs", "-z", "conv,ip", "-z", "conv,ipv6"],
        check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    total = 0
    pairs = []      # (packets, "A <-> B")
    found = collections.defaultdict(lambda: [0, 0])
    stack = []
    for line in text.splitlines():
        pair = re.match(r"(\S+) +<-> (\S+)((?: +\d+ \d+ [a-zA-Z]+){3}) ", line)
        if pair:
            pairs.append((int(pair[3].split()[-3]), f"{pair[1]} and {pair[2]}"))
        match = re.fullmatch(r"( *)(\S+) +frames:(\d+) bytes:(\d+)", line)
        if not match:
            continue
        depth = len(match[1]) // 2
        total += int(match[3]) if depth == 0 else 0
        name = match[2].split(".")[0]   # ftp-data.command and the like: not protocols
        del stack[depth:]
        # A protocol inside itself, as a certificate in TLS in TLS, counts once.
        if name not in stack:
            found[name][0] += int(match[3])
            found[name][1] += int(match[4])
        stack.append(name)
    rows = sorted(found.items(), key=lambda row: -row[1][0])
    print(f"{'protocol':18}{'packets':>9}{'share':>8}{'bytes':>12}")
    for name, (frames, size) in rows:
        if frames * 2000 >= total:
            print(f"{name:18}{frames:9}{frames / total:8.1%}{size:12}")
    rare = sorted(name for name, (frames, _) in rows if 0 < frames * 2000 < total)
    if rare:
        print("below 0.05%: " + ", ".join(rare))
    if pairs:
        frames, names = max(pairs)
        print(f"{len(pairs)} pairs of addresses; the largest, {names}: {frames / total:.1%}")


if __name__ == "__main__":
    main()
