# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP ports of loopback, for servers that keep theirs while they are down."""
import contextlib
import pathlib
import random
import socket
import subprocess

RANGE = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST = 10_000


def free_ports(count):
    """Ports that nobody listens on just now, and that the kernel gives to nobody by itself."""
    first_ephemeral = int(RANGE.read_text().split()[0])
    assert first_ephemeral > LOWEST + count, f"{RANGE} begins at {first_ephemeral}"
    found = set()
    with contextlib.ExitStack() as held:
        while len(found) < count:
            port = random.randrange(LOWEST, first_ephemeral)
            with contextlib.suppress(OSError):  # somebody has it
                held.enter_context(socket.create_server(("127.0.0.1", port)))
                found.add(port)
    return list(found)


def is_listened_at(port):
    """On this machine, by any process; it sees nothing of the question."""
    listening = subprocess.run(["ss", "-Hltn", f"sport = :{port}"], check=True, capture_output=True)
    return listening.stdout != b""
