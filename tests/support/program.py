# SPDX-License-Identifier: GPL-2.0-or-later
"""A program that runs: started, fed, waited for, and ended by its process id."""
import contextlib
import functools
import os
import signal
import subprocess
import uuid

import processes
from waiting import WAIT_S, wait_until


def _killed(pid):
    """Whether it was there to be killed."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


class Program:
    """What it writes to standard output and standard error goes into files of `folder`, unless `stdout` and
    `stderr` say otherwise; its standard input is empty, unless `stdin` does.

    `stop_signal`: what stop() sends. `options`: those of Popen."""

    def __init__(self, command, folder, *, stop_signal=signal.SIGTERM, **options):
        stem = folder / f"written-{uuid.uuid4().hex[:8]}"
        written = {"stdout": stem.with_suffix(".out"), "stderr": stem.with_suffix(".err")}
        self.out_path, self.err_path = written.values()
        self.stop_signal = stop_signal
        self._read = (None, None)  # standard output and error, where pipes were read to their ends
        options = {"stdin": subprocess.DEVNULL, "start_new_session": True, **options}
        with contextlib.ExitStack() as opened:
            for name, path in written.items():
                if name not in options:
                    options[name] = opened.enter_context(path.open("wb"))
            self._process = subprocess.Popen([str(word) for word in command], **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def __repr__(self):
        return f"exit {self.code}, standard error:\n{self.err[-4000:]}"

    @property
    def pid(self):
        return self._process.pid

    @property
    def code(self):
        """The exit status; None while it runs."""
        return self._process.poll()

    def runs(self):
        return self.code is None

    def children(self, name=None):
        """The process ids of its descendants, by their name; the oldest first."""
        return processes.children_of(self.pid, name)

    # How it ends

    def wait(self, seconds=WAIT_S):
        """Its exit status."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds} s: {self}") from None

    def signal(self, number):
        """Returns when it has been handled: the next signal is a second one then."""
        self._process.send_signal(number)
        wait_until(lambda: not processes.runs(self.pid) or
                   not processes.has_signal(self.pid, "ShdPnd", number), state=self.__repr__)

    def stop(self, seconds=WAIT_S):
        """Its exit status, after it has ended in order."""
        self._process.send_signal(self.stop_signal)
        return self.wait(seconds)

    def kill(self):
        """As a crash."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            with contextlib.suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()

    def kill_child(self, name):
        """The newest one of this name, as soon as there is one; another, where it ends by itself before."""
        self.wait_until(lambda: any(map(_killed, self.children(name)[-1:])), what=f"a {name} to kill")

    # What it reads and writes

    @property
    def stdin(self):
        """The pipe, where it is one."""
        return self._process.stdin

    @property
    def stdout(self):
        """The pipe, where it is one."""
        return self._process.stdout

    def feed(self, data):
        """Into the pipe that is its standard input."""
        self.stdin.write(data)
        self.stdin.flush()

    def end_input(self):
        with contextlib.suppress(BrokenPipeError):  # it has ended before
            self.stdin.close()

    def communicate(self, data=None, seconds=WAIT_S):
        """Gives it `data` as standard input, and reads its pipes until it ends."""
        try:
            self._read = self._process.communicate(data, seconds)
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f"still running after {seconds} s: {error.stderr}") from None
        finally:
            self.kill()
        return self

    @property
    def out(self):
        """Its standard output so far, as bytes."""
        if self._read[0] is not None:
            return self._read[0]
        return self.out_path.read_bytes() if self.out_path.exists() else b""

    @property
    def err(self):
        """Its standard error so far, as text."""
        text = self._read[1]
        if text is None:
            text = self.err_path.read_bytes() if self.err_path.exists() else b""
        return text.decode("utf-8", "replace")

    # What a test waits for

    def wait_until(self, condition, seconds=WAIT_S, **options):
        """As waiting.wait_until; fails at once where the program has ended before."""

        @functools.wraps(condition)
        def holds():
            was_running = self.runs()
            value = condition()
            assert value or was_running, f"it ended before: {self}"
            return value

        return wait_until(holds, seconds, **{"state": self.__repr__, **options})

    def wait_for(self, text, times=1):
        """Until its standard error has the text this often."""
        self.wait_until(lambda: self.err.count(text) >= times, what=f"{times} times {text!r}")
        return self

    def wait_until_idle(self):
        """Until all its processes wait for something, and go on waiting."""
        self.wait_until(lambda: processes.is_idle(self.pid), holds=0.4, what="it is idle")
