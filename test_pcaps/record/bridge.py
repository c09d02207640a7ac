#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A small Ethernet bridge in user space, on packet sockets.

It joins access ports to one trunk port.  Frames that come in at an access
port leave at the trunk with that port's VLAN tags pushed; frames that come in
at the trunk leave at the access port whose tags they carry, with the tags
popped.  On their way frames can be delayed, dropped or reordered, by their
number, so that a recording can be repeated.

    bridge.py --trunk eth9 --access eth0=10 --access eth1=20/5 \\
              --access eth2=100+30

An access port is IF (no tag), IF=VID, IF=VID/PRIORITY or IF=OUTER+INNER; of
two tags the outer one is an 802.1ad service tag (0x88a8), all others are
802.1Q tags (0x8100).

"up" is from access to trunk, "down" the other way.  Frames are counted from
1 for each direction, only those of at least --count-min bytes (as they come
in); --drop-up 3,7 drops the third and the seventh, --hold-up 5:2 lets two
more counted frames pass before the fifth.

It writes "ready" to its standard output, and ends on SIGTERM.
"""

import argparse
import collections
import select
import signal
import socket
import struct
import sys
import time

ETH_P_ALL = 0x0003
SOL_PACKET = 263
PACKET_ADD_MEMBERSHIP = 1
PACKET_AUXDATA = 8
PACKET_MR_PROMISC = 1
PACKET_OUTGOING = 4
TP_STATUS_VLAN_VALID = 1 << 4
TP_STATUS_VLAN_TPID_VALID = 1 << 6
TPID_Q = 0x8100
TPID_AD = 0x88A8
HOLD_LIMIT = 0.5  # seconds after which a held frame leaves in any case


class Port:
    def __init__(self, text):
        self.name, _, tags = text.partition("=")
        self.tags = self.parse_tags(tags)
        self.socket = socket.socket(
            socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.socket.bind((self.name, ETH_P_ALL))
        index = socket.if_nametoindex(self.name)
        self.socket.setsockopt(
            SOL_PACKET, PACKET_ADD_MEMBERSHIP,
            struct.pack("iHH8s", index, PACKET_MR_PROMISC, 0, b""))

    @staticmethod
    def parse_tags(text):
        """The tags, outermost first, as (TPID, TCI)."""
        if not text:
            return []
        parts = text.split("+")
        tags = []
        for number, part in enumerate(parts):
            vid, _, priority = part.partition("/")
            tpid = TPID_AD if len(parts) > 1 and number == 0 else TPID_Q
            tags.append((tpid, int(priority or 0) << 13 | int(vid)))
        return tags

    def key(self):
        return tuple((tpid, tci & 0x0FFF) for tpid, tci in self.tags)

    def receive(self):
        """A frame that came in from the wire, whole, or None."""
        data, control, _, address = self.socket.recvmsg(
            65536, socket.CMSG_SPACE(20))
        if address[2] == PACKET_OUTGOING:
            return None
        for level, kind, value in control:
            if level != SOL_PACKET or kind != PACKET_AUXDATA:
                continue
            # The kernel takes the outer tag out of the frame: put it back.
            status, _, _, _, _, tci, tpid = struct.unpack("=IIIHHHH",
                                                          value[:20])
            if status & TP_STATUS_VLAN_VALID:
                if not status & TP_STATUS_VLAN_TPID_VALID:
                    tpid = TPID_Q
                data = data[:12] + struct.pack("!HH", tpid, tci) + data[12:]
        return data

    def send(self, data):
        self.socket.send(data)


def push(data, tags):
    return data[:12] + b"".join(
        struct.pack("!HH", *tag) for tag in tags) + data[12:]


def split(data):
    """The tags of a frame, as (TPID, VID), and the frame without them."""
    tags = []
    offset = 12
    while len(data) >= offset + 6:
        tpid, tci = struct.unpack_from("!HH", data, offset)
        if tpid not in (TPID_Q, TPID_AD):
            break
        tags.append((tpid, tci & 0x0FFF))
        offset += 4
    return tuple(tags), data[:12] + data[offset:]


class Direction:
    """The frames on their way in one direction."""

    def __init__(self, drop, hold, count_min, delay):
        self.drop = drop
        self.hold = hold
        self.count_min = count_min
        self.delay = delay
        self.count = 0
        self.held = []  # [frames still to pass, time limit, port, data]
        self.queue = collections.deque()  # (time, port, data)

    def put(self, port, data, length):
        now = time.monotonic()
        if length < self.count_min:
            self.queue.append((now + self.delay, port, data))
            return
        self.count += 1
        if self.count in self.hold:
            self.held.append(
                [self.hold[self.count], now + HOLD_LIMIT, port, data])
            return
        if self.count not in self.drop:
            self.queue.append((now + self.delay, port, data))
        for entry in self.held:
            entry[0] -= 1
        self.release(now)

    def release(self, now):
        for entry in [e for e in self.held if e[0] <= 0 or e[1] <= now]:
            self.held.remove(entry)
            self.queue.append((now + self.delay, entry[2], entry[3]))

    def run(self):
        """Send what is due; the time of the next thing to do, or None."""
        now = time.monotonic()
        self.release(now)
        while self.queue and self.queue[0][0] <= now:
            _, port, data = self.queue.popleft()
            port.send(data)
        times = [entry[1] for entry in self.held]
        if self.queue:
            times.append(self.queue[0][0])
        return min(times, default=None)


def numbers(text):
    return {int(part) for part in text.split(",") if part}


def holds(text):
    pairs = (part.split(":") for part in text.split(",") if part)
    return {int(number): int(after) for number, after in pairs}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trunk", required=True)
    parser.add_argument("--access", required=True, action="append")
    parser.add_argument("--drop-up", type=numbers, default=set())
    parser.add_argument("--drop-down", type=numbers, default=set())
    parser.add_argument("--hold-up", type=holds, default={})
    parser.add_argument("--hold-down", type=holds, default={})
    parser.add_argument("--count-min", type=int, default=0)
    parser.add_argument("--delay-ms", type=float, default=0)
    options = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    trunk = Port(options.trunk)
    access = [Port(text) for text in options.access]
    by_tags = {port.key(): port for port in access}
    delay = options.delay_ms / 1000
    up = Direction(options.drop_up, options.hold_up, options.count_min, delay)
    down = Direction(
        options.drop_down, options.hold_down, options.count_min, delay)
    ports = {port.socket: port for port in [trunk] + access}
    print("ready", flush=True)

    while True:
        due = [t for t in (up.run(), down.run()) if t is not None]
        timeout = max(0, min(due) - time.monotonic()) if due else None
        for ready in select.select(list(ports), [], [], timeout)[0]:
            port = ports[ready]
            data = port.receive()
            if data is None:
                continue
            if port is not trunk:
                up.put(trunk, push(data, port.tags), len(data))
                continue
            tags, untagged = split(data)
            target = by_tags.get(tags)
            if target is not None:
                down.put(target, untagged, len(data))


if __name__ == "__main__":
    main()
