# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of faults (tests/support/fault_table.py): those of disks, and of who reads the output."""
import contextlib
import json
import pathlib
import subprocess
import threading

import pytest
from fault_cells import REQUESTS, SOURCES, Fault, assert_cell
from fault_table import OUTPUTS, cells_of, name_of
from mounts import own_mounts
from small_pipe import SmallPipe

DISK_BYTES = "64k"  # holds a part of the documents


class SmallDisk:
    """Seen by one process that waits, and by those that join it."""

    def __init__(self, folder):
        self.folder = folder / "disk"
        self.folder.mkdir()
        script = f'mount -t tmpfs -o size={DISK_BYTES} tmpfs "$0" && echo ready && exec cat'
        self._process = subprocess.Popen([*map(str, own_mounts()), "sh", "-c", script, self.folder], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE)
        assert self._process.stdout.readline() == b"ready\n"
        own = f"/proc/{self._process.pid}"
        self.joined = ["nsenter", f"--mount={own}/ns/mnt", f"--root={own}/root"]
        self.seen = pathlib.Path(f"{own}/root{self.folder}")

    def fill(self):
        """With somebody's file."""
        with contextlib.suppress(OSError), open(self.seen / "ballast", "wb", buffering=0) as ballast:
            while True:
                ballast.write(bytes(4096))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.communicate()


class FullDisk(Fault):
    """It has room for the first documents."""
    from_the_start = True
    ends_the_run = True

    def __init__(self, disk):
        self.disk, self.before = disk, disk.joined
        self.arguments = ["--output", disk.folder / "out", *REQUESTS[-2:]]

    def shows(self, run):
        return "No space left on device" in run.err

    def documents(self):
        return [json.loads(line) for line in (self.disk.seen / "out").read_text().splitlines()]


class FullSpool(FullDisk):
    """The server is away; documents that find no room wait elsewhere."""
    from_the_start = ends_the_run = False

    def __init__(self, disk, proxy):
        super().__init__(disk)
        self.proxy = proxy
        self.arguments = [*proxy.options, *REQUESTS, "--spool", disk.folder / "spool"]

    def strike(self, run):
        run.wait_until(lambda: run.metrics().get("/healthz")[0] == 200)
        self.proxy.refuse()
        self.disk.fill()

    def end(self, run):
        self.proxy.listen()


class StoppedReader(Fault):
    """Of standard output; it reads on after a while."""
    from_the_start = True

    def __init__(self):
        self.pipe = SmallPipe()
        self.options = {"stdout": self.pipe.writer}
        self.text = ""
        self._thread = threading.Thread(target=self._read)

    def _read(self):
        self.text = self.pipe.read()

    def shows(self, _run):
        return self.pipe.is_full()

    def end(self, run):
        self._thread.start()

    def documents(self):
        self._thread.join()
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.mark.parametrize("fault, mode", cells_of(OUTPUTS), ids=name_of)
def test_fault(fault, mode, request, start_espcap, environment, tmp_path):
    needs = {"network": request.getfixturevalue("network")} if mode == "live" else {}
    source = SOURCES[mode](tmp_path, **needs)
    if fault == "reader stopped":
        made = StoppedReader()
        return assert_cell((fault, mode), source, made, start_espcap, environment, made.documents)
    with SmallDisk(tmp_path) as disk:
        if mode != "spool":
            made = FullDisk(disk)
            return assert_cell((fault, mode), source, made, start_espcap, environment, made.documents)
        server = request.getfixturevalue("elasticsearch")
        made = FullSpool(disk, request.getfixturevalue("proxy"))
        return assert_cell((fault, mode), source, made, start_espcap, environment,
                           lambda: server.all_sources(server.indices))
