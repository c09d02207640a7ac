# SPDX-License-Identifier: GPL-2.0-or-later
"""A network of its own for live capture: a namespace with pairs of interfaces, quiet but for what a
test sends. Needs root, iproute2 and espcap_replay, which the build makes."""
import os
import re
import subprocess
import uuid

from project import BUILD
from waiting import WAIT_S


def run(*command, **options):
    options.setdefault("check", True)
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=WAIT_S, **options)


def packets_sent(report):
    """What espcap_replay says that it has sent."""
    return int(re.search(r"^sent (\d+) packets", report, re.MULTILINE)[1])


class Network:
    """Interfaces a0, a1, … each with its other end b0, b1, …"""

    def __init__(self, pairs=1, mtu=9000):
        self.mtu = mtu
        self.name = f"espcap-{uuid.uuid4().hex[:8]}"
        run("ip", "netns", "add", self.name)
        # No neighbour discovery between the packets that are counted.
        for scope in ("all", "default"):
            self.inside("sysctl", "-q", f"net.ipv6.conf.{scope}.disable_ipv6=1")
        self.ip("link", "set", "lo", "up")
        for number in range(pairs):
            self.add_pair(number)

    def add_pair(self, number=0):
        self.ip("link", "add", f"a{number}", "type", "veth", "peer", "name", f"b{number}")
        for end in "ab":
            self.ip("link", "set", f"{end}{number}", "mtu", self.mtu, "up")

    def lend(self, number=0):
        """Moves a… out of the network, to where the servers are; its name there."""
        name = f"esp-{uuid.uuid4().hex[:8]}"
        self.ip("link", "set", f"a{number}", "netns", os.getpid(), "name", name)
        run("sysctl", "-q", f"net.ipv6.conf.{name}.disable_ipv6=1")
        run("ip", "link", "set", name, "mtu", self.mtu, "up")
        return name

    def command(self, *command):
        return ["ip", "netns", "exec", self.name, *(str(word) for word in command)]

    def inside(self, *command, **options):
        return run(*self.command(*command), **options)

    def ip(self, *arguments):
        return run("ip", "-n", self.name, *arguments)

    def replay(self, capture, *options, number=0):
        """Sends a capture into b…, with options of espcap_replay; how many packets."""
        report = self.inside(*self.replay_command(capture, *options, number=number)).stdout
        return packets_sent(report)

    @staticmethod
    def replay_command(capture, *options, number=0):
        # On one processor: a veth keeps the order of what is sent from one only.
        processor = str(min(os.sched_getaffinity(0)))
        return ["taskset", "--cpu-list", processor, BUILD / "espcap_replay", f"b{number}", capture, *options]

    def remove(self):
        run("ip", "netns", "del", self.name, check=False)
