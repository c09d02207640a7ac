# SPDX-License-Identifier: GPL-2.0-or-later
"""A cell of the table of faults: a run that gets its packets in one way, a fault in the middle of it, and what must hold."""
import contextlib
import datetime
import json
import os
import signal
import subprocess
import time

from captures import PCAP_HEADER, write_pcap
from fault_table import CELLS, STALL_S
from ledger import assert_balanced
from numbered import FIELDS, numbers_of, packet
from waiting import bound, wait_until

PACKETS = 1000  # that fit into a pipe
REQUESTS = ["--chunk", 50, "--concurrency", 1, "--flush-interval", "100ms"]


def marked_frame(what):
    """killer_frames.c does to its worker what the letter says."""
    return bytes(6) + bytes.fromhex("020000000001") + b"\x88\xb5" + what.encode() + bytes(45)


class Source:
    """Packets 0, 1, …; `marked` in the middle: what the frame there does, where it isn't an ordinary one.
    begin(run) lets the first half come, go_on(run) the second one, end(run) is their end."""
    options = {}

    def __init__(self, folder, packets=PACKETS, marked=""):
        frames = [packet(number) for number in range(packets)]
        self.expected = set(range(packets))
        if marked:
            frames[packets // 2] = marked_frame(marked)
            self.expected.remove(packets // 2)
        self.packets, self.folder = packets, folder
        self.halves = frames[:packets // 2], frames[packets // 2:]

    def written(self, name, frames):
        write_pcap(self.folder / name, frames)
        return self.folder / name

    def begin(self, run):
        pass

    def go_on(self, run):
        pass

    def end(self, run):
        pass


class File(Source):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.arguments = ["--file", self.written("numbered.pcap", [*self.halves[0], *self.halves[1]])]


class Pipe(Source):
    arguments = ["--file", "-"]
    options = {"stdin": subprocess.PIPE}

    def feed(self, run, frames):
        data = self.written("half.pcap", frames).read_bytes()[len(PCAP_HEADER):]
        with contextlib.suppress(BrokenPipeError):  # it has ended before
            run.feed(data)

    def begin(self, run):
        run.feed(PCAP_HEADER)
        self.feed(run, self.halves[0])

    def go_on(self, run):
        self.feed(run, self.halves[1])

    def end(self, run):
        run.end_input()


class Live(Source):
    def __init__(self, *arguments, network, **options):
        super().__init__(*arguments, **options)
        self._network = network
        self.arguments = ["--nic", network.lend()]

    def begin(self, run):
        run.wait_for("capturing on")
        self._network.replay(self.written("half.pcap", self.halves[0]), "--pps", 4000)

    def go_on(self, run):
        if run.runs():
            self._network.replay(self.written("half.pcap", self.halves[1]), "--pps", 4000)

    def end(self, run):
        wait_until(lambda: not run.runs() or run.metrics().scrape().captured == self.packets, state=run.__repr__)
        if run.runs():
            run.signal(signal.SIGTERM)


SOURCES = {"file": File, "pipe": Pipe, "live": Live, "spool": Pipe}


class Fault:
    """strike(run) in the middle of the run; shows(run) → whether the run has met it; end(run) ends it."""
    arguments = ()
    before = ()  # a command to which the program and its arguments are appended
    environment = {}
    options = {}  # Popen's
    from_the_start = False  # the first half comes into it, too
    ends_the_run = False

    def before_packets(self, run):
        """→ the health that was seen meanwhile, where the fault is over before there are packets."""

    def strike(self, run):
        pass

    def shows(self, _run):
        return True

    def end(self, run):
        pass


class Stalls:
    """The longest that the loop of a run was at work, as long as it answers."""

    def __init__(self, run):
        self.metrics = run.metrics()
        self.longest_s = 0

    def look(self):
        with contextlib.suppress(OSError):  # it has ended
            self.longest_s = max(self.longest_s, self.metrics.scrape()("espcap_loop_stall_max_seconds"))


def assert_health(metrics, expected, run):
    if expected == "ok":
        code, text = metrics.get("/healthz")
        assert code == 200, text
    elif expected != "ended":
        wait_until(lambda: expected in metrics.get("/healthz")[1], state=run.__repr__)
        assert metrics.get("/healthz")[0] == 503


def assert_cell(key, source, fault, start_espcap, environment, documents, *arguments):
    """`documents`: () → those that came out, once the run has ended."""
    cell, mode = CELLS[key], key[1]
    run = start_espcap("--verbose", *source.arguments, "--metrics", "0", *FIELDS, *fault.arguments, *arguments, before=fault.before,
                       env={**environment, **fault.environment}, **{**source.options, **fault.options})
    stalls = Stalls(run)
    health = fault.before_packets(run)
    source.begin(run)
    if not fault.from_the_start:
        wait_until(lambda: mode == "file" or stalls.metrics.scrape().captured > 0, state=run.__repr__)
    stalls.look()
    fault.strike(run)
    source.go_on(run)
    run.wait_until(lambda: stalls.look() or fault.shows(run))
    if health is None:
        assert_health(stalls.metrics, cell.health, run)
    else:
        assert cell.health in health
    stalls.look()
    begin = time.monotonic()
    fault.end(run)
    if not fault.ends_the_run:
        source.end(run)
    while run.runs() and time.monotonic() < begin + cell.ended_s:
        stalls.look()
        time.sleep(0.02)
    assert run.wait() == cell.status, run
    ended_s = time.monotonic() - begin
    assert ended_s <= bound(cell.ended_s), run
    assert stalls.longest_s < bound(STALL_S), run
    lost = assert_accounted(run, source, cell, documents())
    note(key, lost, stalls.longest_s, ended_s)


def assert_accounted(run, source, cell, found):
    """Each packet's document came out once, or the ledger says what became of it. → how many didn't."""
    assert_balanced(run)
    ledger = run.ledger
    errors = [document for document in found if "error" in document.get("espcap", {})]
    landed = numbers_of(document for document in found if "error" not in document.get("espcap", {}))
    assert len(landed) == len(set(landed)), "a packet is there twice"
    assert set(landed) <= source.expected
    assert len(errors) == ledger.get("quarantined", 0), run
    lost = ledger["packets captured"] - len(landed) - len(errors)
    if cell.health != "ended":  # all that came was captured
        assert ledger["packets captured"] == source.packets, run
    if cell.lost.startswith("none"):
        assert lost == 0, run
        assert len(errors) == source.packets - len(source.expected) or cell.health == "ended", run
    assert lost == sum(ledger.get(name, 0) for name in ("failed", "abandoned", "dropped")), run
    return lost


def note(key, lost, stall_s, ended_s):
    """For the page that shows the table."""
    path = os.environ.get("ESPCAP_FAULT_RESULTS")
    if path is None:
        return
    date = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    with open(path, "a", encoding="utf-8") as stream:
        stream.write(json.dumps({"fault": key[0], "mode": key[1], "date": date, "lost": lost,
                                 "stall_ms": round(stall_s * 1000), "ended_s": ended_s}) + "\n")
