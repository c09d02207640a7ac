#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One server of a kind a run, for all of pytest's processes: each test has index names of its own.

    shared_server.py start FOLDER     starts every kind, returns when they answer
    shared_server.py remove FOLDER    ends them, and the broker of Kafka (kafka.shared), and removes their data

Who sets ESPCAP_TEST_SERVERS=FOLDER starts and removes them; otherwise the first test that needs one starts it.
A test that breaks its server, or sets templates on `*`, cluster settings or blocks, uses a Server of its own.
"""
import concurrent.futures
import fcntl
import os
import pathlib
import sys
import uuid

import kafka
from server import KINDS, Server

HEAP = "1g"  # several tests write at once: less would trip the memory breaker, which answers 429


def shared(kind, folder):
    """The server of this kind, started where it doesn't run yet. Not to be removed by the caller."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{kind}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        node = Server(folder / kind, kind=kind, heap=HEAP)
        return node if node.attach() else node.start()


def remove(folder):
    for kind in KINDS:
        if (pathlib.Path(folder) / kind).exists():
            Server(pathlib.Path(folder) / kind, kind=kind).remove()
    kafka.remove_shared(folder)


class Namespace:
    """A shared server as one test sees it: with names of indices and templates of its own.

    What isn't named here is the server's. `prefix`: what the names begin with, where it matters."""

    def __init__(self, node, prefix=None):
        self.node = node
        self.prefix = prefix or f"t{uuid.uuid4().hex[:12]}"
        self.index = f"{self.prefix}-%Y-%m-%d"
        self.indices = f"{self.prefix}-*"
        self.template = f"espcap-{self.prefix}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.clear()

    def __getattr__(self, name):
        return getattr(self.node, name)

    def named(self, rest):
        """The name of an index of this test."""
        return f"{self.prefix}-{rest}"

    @property
    def options(self):
        """Of espcap, to deliver here."""
        return ["--node", self.node.url, "--index", self.index]

    def clear(self):
        self.node.request("DELETE", f"/_index_template/{self.template}*")
        self.node.request("DELETE", f"/_component_template/{self.template}*")
        self.node.delete_indices(self.indices)


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("start", "remove"):
        sys.exit(__doc__)
    command, folder = sys.argv[1:]
    if command == "remove":
        remove(folder)
        return
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for node in pool.map(lambda kind: shared(kind, folder), KINDS):
            print(f"{node.kind}: {node.url}", file=sys.stderr)


if __name__ == "__main__":
    main()
