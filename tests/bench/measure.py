# SPDX-License-Identifier: GPL-2.0-or-later
"""One run of a command: its time, and the memory and output of it and all its descendants.

A process of ours is between, as reaper of what the command leaves behind: CPU time of a
process is known for certain only to the one that waits for it.
"""
import contextlib
import ctypes
import dataclasses
import fcntl
import json
import os
import pathlib
import select
import signal
import subprocess
import tempfile
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LONGEST_S = 1800
SAMPLE_EVERY_S = 0.05
PIPE_BYTES = 1 << 20
MIB = 1 << 20


@dataclasses.dataclass(frozen=True)
class Run:
    """User and system time of all processes together, peak resident size of the largest."""
    wall: float
    user: float
    system: float
    peak_mib: float
    text: str = ""  # the standard output, where it was asked for

    @property
    def cpu(self):
        return self.user + self.system

    def scaled(self, factor):
        return dataclasses.replace(self, wall=self.wall * factor, user=self.user * factor,
                                   system=self.system * factor)


@dataclasses.dataclass(frozen=True)
class Survey:
    """What is too disturbing to learn while the time is taken."""
    output_bytes: int
    output_lines: int
    tree_mib: float  # peak of the proportional set sizes of all processes together


class CommandFailed(Exception):
    """The command, its exit status, and the end of what it said."""


def timed(command, environment, keep_output=False):
    """Runs it with its output thrown away, or kept as text."""
    if not keep_output:
        with open(os.devnull, "wb") as nowhere:
            return _run(command, environment, nowhere)
    with tempfile.TemporaryFile() as output:
        run = _run(command, environment, output)
        output.seek(0)
        return dataclasses.replace(run, text=output.read().decode("utf-8", "replace"))


def surveyed(command, environment):
    """Runs it with its output counted and its memory looked at, twenty times a second."""
    read_end, write_end = os.pipe()
    with open(read_end, "rb") as output, open(write_end, "wb") as stdout:
        fcntl.fcntl(output, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        os.set_blocking(output.fileno(), False)
        watch = _Watch(output)
        _run(command, environment, stdout, watch)
        watch.drain()
    return Survey(watch.output_bytes, watch.output_lines, watch.tree_bytes / MIB)


class _Watch:
    def __init__(self, output):
        self.output = output
        self.output_bytes = 0
        self.output_lines = 0
        self.tree_bytes = 0
        self._next = 0

    def look(self, group):
        self.drain()
        if time.monotonic() >= self._next:
            self.tree_bytes = max(self.tree_bytes, _group_memory(group))
            self._next = time.monotonic() + SAMPLE_EVERY_S

    def drain(self):
        while True:
            try:
                data = os.read(self.output.fileno(), PIPE_BYTES)
            except BlockingIOError:
                return
            self.output_bytes += len(data)
            self.output_lines += data.count(b"\n")


def _run(command, environment, stdout, watch=None):
    read_end, write_end = os.pipe()
    with tempfile.TemporaryFile() as stderr, open(read_end, "rb") as result:
        reaper = os.fork()
        if reaper == 0:
            os.close(read_end)
            _reap(command, environment, stdout, stderr, write_end)
        os.close(write_end)
        try:
            _wait(reaper, result, watch)
            answer = json.loads(result.read() or b'{"code": -1}')
        finally:
            _end_group(reaper)
        if answer.pop("code") != 0:
            stderr.seek(0)
            said = stderr.read().decode("utf-8", "replace")[-2000:]
            raise CommandFailed(f"failed: {' '.join(map(str, command))}\n{said}")
    return Run(**answer)


def _wait(reaper, result, watch):
    """Until the reaper has an answer or has gone."""
    end = time.monotonic() + LONGEST_S
    readable = [result] if watch is None else [result, watch.output]
    while time.monotonic() < end:
        ready, _, _ = select.select(readable, [], [], SAMPLE_EVERY_S if watch else 1)
        if watch:
            watch.look(reaper)
        if result in ready:
            return
    raise CommandFailed(f"no end after {LONGEST_S} s")


def _end_group(reaper):
    """Ends what an interrupted run has left; after one that ended by itself there is nothing."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(reaper, number)
        end = time.monotonic() + 5
        while time.monotonic() < end:
            if os.waitpid(reaper, os.WNOHANG)[0] == reaper:
                return
            time.sleep(0.01)


def _reap(command, environment, stdout, stderr, answer_fd):
    """The reaper's life: it starts the command, waits for every descendant, answers."""
    # The group's end is for the others: this one stays until they are reaped.
    signal.signal(signal.SIGTERM, lambda *_: None)
    os.setpgid(0, 0)
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    answer = {"wall": 0, "user": 0, "system": 0, "peak_mib": 0, "code": 127}
    with contextlib.suppress(OSError):
        start = time.monotonic()
        process = subprocess.Popen(  # pylint: disable=consider-using-with
            command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=environment,
            cwd=environment["HOME"])
        stdout.close()
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status, usage = os.wait4(-1, 0)
                if pid == process.pid:
                    answer["wall"] = time.monotonic() - start
                    answer["code"] = os.waitstatus_to_exitcode(status)
                answer["user"] += usage.ru_utime
                answer["system"] += usage.ru_stime
                answer["peak_mib"] = max(answer["peak_mib"], usage.ru_maxrss / 1024)
    os.write(answer_fd, json.dumps(answer).encode())
    os._exit(0)


def _group_memory(group):
    """Proportional set sizes of a group's processes together, without its leader, the reaper."""
    total = 0
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            fields = (folder / "stat").read_text().rsplit(") ", 1)[1].split()
            if int(fields[2]) == group and int(folder.name) != group:
                for line in (folder / "smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1]) * 1024
    return total
