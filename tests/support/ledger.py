# SPDX-License-Identifier: GPL-2.0-or-later
"""The summary line that a run ends with."""
import re

OUTCOMES = ("indexed", "already there", "written", "forwarded", "too large", "dead letters", "in the spool", "dropped", "failed", "abandoned",
            "dropped by kernel", "dropped by interface", "dropped by full rings", "not selected")


def ledger(text):
    """The numbers of the summary line, by their words; {} where there is none."""
    lines = [line for line in text.splitlines() if "packets captured" in line]
    return {words: int(number) for number, words in
            re.findall(r"(\d+) ([a-z][a-z ]*[a-z])(?=[,;])", lines[-1])} if lines else {}


def assert_balanced(run):
    """Of a run that ended by itself: every packet has its outcome."""
    assert run.code is not None and run.code >= 0, run
    assert "doesn't balance" not in run.err, run
    numbers = run.ledger
    captured = numbers["packets captured"]
    assert captured == sum(numbers.get(outcome, 0) for outcome in OUTCOMES), run
