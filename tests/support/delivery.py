# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs of espcap while something fails, and whether every document has landed."""
import json
import re
import signal
import subprocess
import time

INDICES = "packets-*"


def ledger(text):
    """The numbers of the summary line, by their words; {} where there is none."""
    lines = [line for line in text.splitlines() if "packets captured" in line]
    return {words: int(number) for number, words in
            re.findall(r"(\d+) ([a-z][a-z ]*[a-z])(?=[,;])", lines[-1])} if lines else {}


def ids_of(bulk_text):
    """The _ids in the text of _bulk actions, in order."""
    return re.findall(r'^\{"create":\{.*?"_id":"([^"]+)"', bulk_text.decode(), re.MULTILINE)


def letters(path):
    """The dead letters in a file; [] where there is none."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def assert_all_landed(server, expected):
    """Every expected document, each once, and no other."""
    found = server.all_ids(INDICES)
    missing, surplus = set(expected) - set(found), set(found) - set(expected)
    assert not missing, f"{len(missing)} documents are missing, {sorted(missing)[:3]}"
    assert not surplus, f"{len(surplus)} documents of nowhere, {sorted(surplus)[:3]}"
    assert len(found) == len(expected), "a document is there twice"


def wait_until(condition, seconds=120, step=0.02):
    """Until it holds; fails if it doesn't in time."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(step)
    return value


def segments(spool):
    """The files in which a spool keeps documents."""
    return sorted(path for path in spool.glob("*") if path.is_file() and path.stat().st_size > 0)


def segment_bytes(spool):
    return sum(path.stat().st_size for path in segments(spool))


class Running:
    """A run of espcap that goes on while the test does something else."""

    def __init__(self, command, log, **options):
        self.log = log
        with open(log, "wb") as stream:
            self.process = subprocess.Popen([str(word) for word in command],
                                            stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
                                            start_new_session=True, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    @property
    def pid(self):
        return self.process.pid

    @property
    def text(self):
        return self.log.read_text(errors="replace")

    @property
    def ledger(self):
        return ledger(self.text)

    def runs(self):
        return self.process.poll() is None

    def wait(self, seconds=120):
        """Its exit status."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds} s: {self}") from None

    def stop(self, seconds=60):
        self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def kill(self):
        """As a crash. Its workers see that and end."""
        self.process.kill()
        self.process.wait()

    def __repr__(self):
        return f"exit {self.process.poll()}, output:\n{self.text[-4000:]}"
