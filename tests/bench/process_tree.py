# SPDX-License-Identifier: GPL-2.0-or-later
"""What a running process and all its descendants use."""
import contextlib
import pathlib
import time

from processes import family

QUIET_SHARE = 0.05  # of a core: what a capture without packets stays below
QUIET_S = 0.5


def tree(root):
    """{process id: CPU seconds}."""
    return {one.pid: one.cpu_s for one in family(root)}


def memory_mib(root):
    """What its processes have of their own: without files, whose pages strangers share now and then."""
    total = 0
    for process in tree(root):
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
                    total += int(line.split()[1])
    return total / 1024


class CpuClock:
    """CPU seconds of a tree, with those of processes that have ended since the last look."""

    def __init__(self, root):
        self.root = root
        self._seen = {}
        self._ended = 0.0

    def seconds(self):
        now = tree(self.root)
        self._ended += sum(seconds for process, seconds in self._seen.items() if process not in now)
        self._seen = now
        return self._ended + sum(now.values())


def settle_s(root, longest_s):
    """How long the tree goes on working from now; longest_s where it doesn't end."""
    clock = CpuClock(root)
    start = time.monotonic()
    looks = [(start, clock.seconds())]
    while time.monotonic() - start < longest_s:
        time.sleep(0.1)
        now = (time.monotonic(), clock.seconds())
        looks.append(now)
        while len(looks) > 1 and looks[1][0] <= now[0] - QUIET_S:
            looks.pop(0)
        then, used = looks[0]
        if then <= now[0] - QUIET_S and (now[1] - used) / (now[0] - then) < QUIET_SHARE:
            return then - start
    return longest_s
