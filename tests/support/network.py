# SPDX-License-Identifier: GPL-2.0-or-later
"""A network of its own for live capture: a namespace with pairs of interfaces, quiet but for what a
test sends. Needs root, iproute2 and tcpreplay."""
import os
import signal
import subprocess
import time
import uuid

STEP_S = 30  # how long any one thing may take


def run(*command, **options):
    options.setdefault("check", True)
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=STEP_S, **options)


def packets_sent(report):
    """What tcpreplay says that it has sent."""
    return int(report.split("Actual: ")[1].split()[0])


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
        """Sends a capture into b…; how many packets."""
        report = self.inside(*self.replay_command(capture, *options, number=number)).stdout
        return packets_sent(report)

    @staticmethod
    def replay_command(capture, *options, number=0):
        # On one processor: a veth keeps the order of what is sent from one only.
        processor = str(min(os.sched_getaffinity(0)))
        return ["taskset", "--cpu-list", processor, "tcpreplay",
                *(options or ("--topspeed",)), "-i", f"b{number}", capture]

    def remove(self):
        run("ip", "netns", "del", self.name, check=False)


class Live:
    """A running espcap, documents and messages in files."""

    def __init__(self, network, program, arguments, where, environment, prefix=()):
        self.out_path = where / f"out-{uuid.uuid4().hex[:8]}"
        self.err_path = self.out_path.with_suffix(".err")
        with self.out_path.open("wb") as out, self.err_path.open("wb") as err:
            self.process = subprocess.Popen(
                network.command(*prefix, program, "--verbose", *arguments), stdout=out, stderr=err,
                cwd=where, env=environment)

    @property
    def err(self):
        return self.err_path.read_text()

    def lines(self):
        """What has been written so far."""
        return self.out_path.read_bytes().splitlines()

    def wait_for(self, text, seconds=STEP_S):
        self.wait_until(lambda: text in self.err, seconds)
        return self

    def wait_until(self, is_so, seconds=STEP_S):
        deadline = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < deadline, self.err
            assert self.process.poll() is None, self.err
            time.sleep(0.02)

    def processes(self, name=None):
        """Process ids of its children at all depths, by their name."""
        table = run("ps", "-eo", "pid=,ppid=,comm=").stdout.split("\n")
        rows = [line.split(None, 2) for line in table if line]
        family, found = {self.process.pid}, []
        for pid, parent, command in rows:  # parents come before their children
            if int(parent) in family:
                family.add(int(pid))
                if name in (None, command):
                    found.append(int(pid))
        return found

    def stop(self, how=signal.SIGINT):
        """The exit status."""
        os.kill(self.process.pid, how)
        return self.end()

    def end(self, seconds=STEP_S):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("it doesn't end:\n" + self.err) from None

    def summary(self):
        """The numbers of its last line, by what they count."""
        line = [line for line in self.err.splitlines() if " packets captured" in line][-1]
        counts = {}
        for part in line.split("espcap: ")[-1].split(";")[0].split(", "):
            number, what = part.split(None, 1)
            counts[what] = int(number)
        return counts
