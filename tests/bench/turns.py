# SPDX-License-Identifier: GPL-2.0-or-later
"""Contenders run in turn, so that whatever else the machine does meets all of them alike."""
import dataclasses
import statistics
import sys
import typing

import measure


@dataclasses.dataclass
class Contender:
    """One way to do the work, and what became of it."""
    name: str
    command: list
    packets: int = 0
    factor: float = 1.0  # what a part of the work is scaled by, to represent all of it
    keep_output: bool = False
    before: typing.Callable = lambda: None
    after: typing.Callable = lambda: None
    adjust: typing.Callable = lambda run: run
    runs: list = dataclasses.field(default_factory=list)
    survey: measure.Survey = None

    def run(self, environment):
        self.before()
        run = measure.timed(self.command, environment, self.keep_output)
        self.after()
        self.runs.append(self.adjust(run).scaled(self.factor))

    def median(self, what):
        return statistics.median(getattr(run, what) for run in self.runs)


@dataclasses.dataclass(frozen=True)
class Ratio:
    """Of two medians; lowest and highest are those of the single turns."""
    value: float
    lowest: float
    highest: float


def ratio(above, below, what):
    if above is None or below is None:
        return None
    single = [getattr(a, what) / getattr(b, what) for a, b in zip(above.runs, below.runs)]
    return Ratio(above.median(what) / below.median(what), min(single), max(single))


def how_often(runs):
    return "one run each" if runs == 1 else f"medians of {runs} runs in turn"


def in_turn(contenders, runs, environment):
    """Each runs this many times; each turn begins with another one."""
    present = [contender for contender in contenders if contender is not None]
    for turn in range(runs):
        first = turn % len(present)
        for contender in present[first:] + present[:first]:
            _say(f"  turn {turn + 1} of {runs}: {contender.name}")
            contender.run(environment)
    _say("")


def _say(text):
    """On a terminal, the one line that says what is going on."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
