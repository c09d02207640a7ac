# SPDX-License-Identifier: GPL-2.0-or-later
"""Processes as /proc shows them: descendants by name, their state, what they use."""
import contextlib
import dataclasses
import os
import pathlib
import re

PROC = pathlib.Path("/proc")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
ENDED = "ZX"


@dataclasses.dataclass(frozen=True)
class Process:
    pid: int
    name: str
    state: str  # a letter, as ps(1) explains it
    parent: int
    cpu_s: float
    started: int


def process(pid):
    """None where there is no such process (any more)."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    name, fields = text.partition("(")[2].rsplit(") ", 1)
    fields = fields.split()
    return Process(int(pid), name, fields[0], int(fields[1]),
                   (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND, int(fields[19]))


def runs(pid):
    """A process that has ended, and was not waited for, doesn't."""
    found = process(pid)
    return found is not None and found.state not in ENDED


def family(root):
    """The process and its descendants at all depths, the oldest first; none that has ended."""
    table = {one.pid: one for one in (process(folder.name) for folder in PROC.glob("[0-9]*"))
             if one is not None and one.state not in ENDED}
    found, waiting = {}, [root]
    while waiting:
        parent = waiting.pop()
        if parent in table and parent not in found:
            found[parent] = table[parent]
            waiting += [one.pid for one in table.values() if one.parent == parent]
    return sorted(found.values(), key=lambda one: (one.started, one.pid))


def wakeups(pid):
    """How often the threads of a process have gone to sleep so far, to be woken again."""
    total = 0
    for status in (PROC / str(pid) / "task").glob("*/status"):
        total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status.read_text(), re.M)[1])
    return total


def children_of(root, name=None):
    """The process ids of its descendants of this name, the oldest first."""
    return [one.pid for one in family(root) if one.pid != root and name in (None, one.name)]


def status_of(pid):
    """/proc/PID/status, by its words."""
    with open(PROC / str(pid) / "status", encoding="ascii") as status:
        return dict(line.rstrip("\n").split(":\t", 1) for line in status)


def has_signal(pid, mask, number):
    """Whether a signal is in one of the masks of /proc/PID/status."""
    return bool(int(status_of(pid)[mask], 16) >> (number - 1) & 1)


def is_idle(root):
    """Whether all threads of the process and of its descendants wait for something."""
    for one in family(root):
        for thread in (PROC / str(one.pid) / "task").glob("*/stat"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if thread.read_text(errors="replace").rsplit(") ", 1)[1][0] not in "S" + ENDED:
                    return False
    return True


def open_files(pid):
    """What its descriptors refer to; empty where it has ended."""
    found = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for descriptor in (PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                found.append(os.readlink(descriptor))
    return found
