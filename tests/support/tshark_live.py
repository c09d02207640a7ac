# SPDX-License-Identifier: GPL-2.0-or-later
"""tshark -T ek, live in a test's network."""
import re
import signal

from program import Program


class LiveTshark(Program):
    """It captures when it is there; its documents are in out_path."""

    def __init__(self, network, environment, where, *arguments, **options):
        # From 4.4 on it says at this level that it captures. Its own messages only: with those of dumpcap's
        # threads, one an interface, the pipe between the two is garbled, and both wait for ever.
        super().__init__(network.command("tshark", "--log-level=info", "--log-domain=Main", "-T", "ek", *arguments),
                         where, cwd=where, env=environment, stop_signal=signal.SIGINT, **options)
        self.wait_for("Capture started")

    def wait_for_documents(self, count):
        """Started with -l, it writes each at once."""
        self.wait_until(lambda: self.out.count(b"\n") >= 2 * count, what=f"{count} documents of tshark")

    def dropped(self):
        """As far as it says."""
        return sum(int(count) for count in re.findall(r"(\d+) packets? dropped", self.err))
