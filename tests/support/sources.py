# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways in which packets come to espcap, for tests that are a table of faults by them. Each has the `arguments` and
Popen's `options` that a run needs; feed(run) lets packets come, end(run) says that no more will."""
import os
import signal
import subprocess

from project import TEST_PCAPS

HTTP = TEST_PCAPS / "http.pcap"


class Files:
    """A folder of captures."""

    def __init__(self, small_archive, **_):
        self.arguments = ["--dir", small_archive[0]]
        self.options = {}

    def feed(self, run):
        pass

    def end(self, run):
        pass


class Pipe:
    """Standard input, into which packets come as long as the test goes on."""

    def __init__(self, **_):
        self.arguments = ["--file", "-"]
        self.options = {"stdin": subprocess.PIPE}
        self._data = HTTP.read_bytes()
        self._begun = False

    def feed(self, run):
        os.set_blocking(run.stdin.fileno(), True)
        run.feed(self._data[24:] if self._begun else self._data)
        self._begun = True

    def end(self, run):
        run.end_input()


class Live:
    """An interface."""

    def __init__(self, network, **_):
        self._network = network
        self.arguments = ["--nic", network.lend()]
        self.options = {}

    def feed(self, run):
        run.wait_for("capturing on")
        self._network.replay(HTTP, "--pps", 1000)

    def end(self, run):
        run.signal(signal.SIGTERM)


MODES = {"file": Files, "pipe": Pipe, "live": Live}
