# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that an earlier release has left behind (tests/fixtures): where its documents went, and how they go on there.

A resume state knows the nodes as they were written; so the place is a fixed one, and a relay to a real server."""
import contextlib

from fault_proxy import FaultProxy
from project import TEST_PCAPS
from waiting import wait_until

ADDRESS = ("127.2.16.50", 21605)  # below the ports that are given to programs that ask for any
PREFIX = "espcap-f216050"
INDEX = f"{PREFIX}-%Y-%m-%d"
OPTIONS = ["--node", f"http://{ADDRESS[0]}:{ADDRESS[1]}", "--index", INDEX]


@contextlib.contextmanager
def relay(server):
    """A FaultProxy there; waits for one of another run of the tests on this machine."""

    def listen():
        with contextlib.suppress(OSError):
            return FaultProxy(server.port, address=ADDRESS)
        return None

    with wait_until(listen, step=0.2) as proxy:
        yield proxy


def files(*names):
    """Options for captures of the project, by their names."""
    return [word for name in names for word in ("--file", TEST_PCAPS / f"{name}.pcap")]
