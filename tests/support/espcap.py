# SPDX-License-Identifier: GPL-2.0-or-later
"""A run of espcap, while it goes on and after its end: its messages, documents, numbers and processes."""
import json
import os
import re
import signal

import ledger as summaries
from documents import ids_of
from program import Program
from project import ESPCAP
from telemetry import Metrics

TAKEN_UP = "its worker died; taken up again at packet"


class Espcap(Program):
    """`before`: a command to which the program and its arguments are appended, such as `ip netns exec …`.
    `output`: the file for --output; documents are read from there then."""

    def __init__(self, *arguments, folder, program=ESPCAP, before=(), output=None, **options):
        if output is not None:
            arguments = (*arguments, "--output", output)
        super().__init__([*before, program, *arguments], folder, **options)
        if output is not None:
            self.out_path = output
        self._counted, self._lines = 0, 0  # bytes of the documents, lines in them
        self._killed = 0

    def kill_child(self, name="espcap-worker"):
        super().kill_child(name)

    def kill_zygote(self):
        """The oldest one of this name: a worker has it too for a moment."""
        os.kill(self.wait_until(lambda: self.children("espcap-zygote"))[0], signal.SIGKILL)

    def kill_worker_after_progress(self):
        """Of a stream, once the worker has written a document itself: two that are killed at the same packet
        would make espcap leave it out."""
        self.wait_for(TAKEN_UP, self._killed)
        begins = [int(number) for number in re.findall(TAKEN_UP + r" (\d+)", self.err)]
        self.wait_until(lambda: self.line_count() >= max(begins, default=1), what="a document of the worker",
                        state=lambda: f"{self.line_count()} lines, {self}")
        self.kill_child()
        self._killed += 1

    @property
    def ledger(self):
        """The numbers of the summary line, by their words."""
        return summaries.ledger(self.err)

    def metrics(self):
        """Of a run with --metrics."""
        return Metrics(self)

    def lines(self):
        return self.out.splitlines()

    def documents(self):
        return [json.loads(line) for line in self.lines()]

    def ids(self):
        """Of documents in the form of _bulk."""
        return ids_of(self.out)

    def line_count(self):
        """Of whole lines so far, in the file that documents go to. Reads what is new only."""
        if self.out_path.exists():
            with open(self.out_path, "rb") as stream:
                stream.seek(self._counted)
                while piece := stream.read(1 << 20):
                    self._counted += len(piece)
                    self._lines += piece.count(b"\n")
        return self._lines

    def wait_for_lines(self, count):
        """Until it has written this many lines; more are a failure."""
        self.wait_until(lambda: self.line_count() >= count, what=f"{count} lines",
                        state=lambda: f"{self.line_count()} lines, {self}")
        assert self.line_count() == count, self
