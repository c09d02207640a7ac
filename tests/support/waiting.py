# SPDX-License-Identifier: GPL-2.0-or-later
"""Waiting for states: a pass costs no time, so that bounds are for machines that are far slower."""
import inspect
import os
import time

WAIT_S = 120


def bound(seconds):
    """What an idle machine needs at most; on a busy one, as much longer as processes wait for their turn."""
    return seconds * max(1, os.getloadavg()[0] / os.cpu_count())


def _text_of(condition):
    """Its source, where there is one."""
    try:
        return " ".join(inspect.getsource(condition).split())
    except (OSError, TypeError):
        return repr(condition)


def wait_until(condition, seconds=WAIT_S, *, step=0.02, holds=0, what="", state=lambda: ""):
    """Until it is true, and stays so for `holds` seconds: its value.

    Fails after `seconds` with what was waited for (`what`, or the condition's own text), and with the
    `state` of then."""
    end = time.monotonic() + seconds
    since = None
    while True:
        value = condition()
        now = time.monotonic()
        since = (since or now) if value else None
        if value and now - since >= holds:
            return value
        assert now < end, f"not so after {seconds} s: {what or _text_of(condition)}\n{state()}"
        time.sleep(step)


def assert_stays(condition, seconds, *, what="", state=lambda: ""):
    """It is true, and stays so for `seconds`: for what must not happen."""
    end = time.monotonic() + seconds
    while True:
        assert condition(), f"no longer so: {what or _text_of(condition)}\n{state()}"
        if time.monotonic() >= end:
            return
        time.sleep(0.05)
