# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames whose dissection ends the process, loops or takes all memory: from a file, a pipe and live. Each goes into
quarantine, with a document in its place; every other document is as it would be without them."""
import contextlib
import json
import shutil
import signal
import struct
import subprocess
import threading
import time
import zipfile

import preload
import pytest
from documents import WHEN_AND_WHERE, ids_of, without
from folders import for_every_user
from project import CRASH, FULL, HAS_ASAN, TEST_PCAPS
from waiting import bound

HTTP = TEST_PCAPS / "http.pcap"
# What the marked frames do, and what is said of it.
REASONS = {"c": f"by signal {CRASH} ({signal.strsignal(CRASH)})", "e": "with status 3", "k": "was killed twice",
           "l": "takes longer than --frame-timeout", "g": "by signal 6 (Aborted)", "x": "by signal 6 (Aborted)"}
if HAS_ASAN:
    del REASONS["g"]  # its memory has no limit
LIMITS = ["--frame-timeout", "1s", "--worker-memory", "100M"]
FRAMES = 10_000 if FULL else 400
MARKED = 20 if FULL else 6
BACK_S = 1.5  # it goes on within a second of a kill; the machine may be busy
# What a session that begins in the middle can't know.
STATE = ("frame_frame_protocols",)


@pytest.fixture(scope="session")
def killer():
    with for_every_user() as folder:
        yield preload.build("killer_frames", folder)


@pytest.fixture
def preloaded(killer, environment):
    return {**environment, "LD_PRELOAD": str(killer)}


def marked_frame(what):
    return bytes(6) + bytes.fromhex("020000000001") + b"\x88\xb5" + what.encode() + bytes(45)


def written(path, frames):
    records = (struct.pack("<IIII", 1_700_000_000 + number // 1000, number % 1000 * 1000, len(frame), len(frame)) + frame
               for number, frame in enumerate(frames))
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1) + b"".join(records))
    return path


def zipped(path, archive):
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(path, path.name)
    return archive


def ordinary_frames(count):
    data = HTTP.read_bytes()
    frames, at = [], 24
    while at < len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        frames.append(data[at + 16:at + 16 + length])
        at += 16 + length
    return [frames[number % len(frames)] for number in range(count)]


@pytest.fixture(scope="module")
def capture(tmp_path_factory):
    """(path, {number of a marked frame: what it does})."""
    frames, marked = ordinary_frames(FRAMES), {}
    kinds = "".join(REASONS)
    for place in range(MARKED):
        number = (place + 1) * FRAMES // (MARKED + 1)
        marked[number] = kinds[place % len(kinds)]
        frames[number - 1] = marked_frame(marked[number])
    # One after the other.
    marked[number + 1] = "c"
    frames[number] = marked_frame("c")
    return written(tmp_path_factory.mktemp("marked") / "marked.pcap", frames), marked


@pytest.fixture(scope="module")
def expected(capture, espcap):
    """What is said of it where no frame kills."""
    return [json.loads(line) for line in espcap("--file", capture[0], "--workers", "1").out.splitlines()]


class Pace(threading.Thread):
    """How a run goes on with its packets, as its frames go into quarantine."""

    def __init__(self, run):
        super().__init__()
        self.run_, self.metrics, self.samples = run, run.metrics(), []
        self.start()

    def run(self):
        deaths = 0
        with contextlib.suppress(OSError):  # it has ended
            while True:
                deaths = self.run_.err.count("put into quarantine")
                self.samples.append((time.monotonic(), self.metrics.scrape().captured, deaths))
                time.sleep(0.02)
        # The last packets can come after the last answer: its end says how many there were.
        self.run_.wait()
        self.samples.append((time.monotonic(), self.run_.ledger["packets captured"], deaths))

    def assert_back_after_each(self):
        self.join()
        told = [sample for before, sample in zip(self.samples, self.samples[1:]) if sample[2] > before[2]]
        assert told
        for began, packets, deaths in told:
            later = [moment for moment, now, _ in self.samples if moment > began and now > packets]
            assert packets == FRAMES or later and later[0] - began <= bound(BACK_S), (deaths, packets, later[:1])


def frame_layer(document, mode):
    layer = {key: value for key, value in document["layers"]["frame"].items() if key not in STATE}
    return without(layer, WHEN_AND_WHERE) if mode == "live" else layer


def check(run, marked, quarantine, tshark):
    """All that holds in every mode. Returns the documents that aren't errors."""
    documents = run.documents()
    errors = {int(d["layers"]["frame"]["frame_frame_number"]): d for d in documents if "error" in d.get("espcap", {})}
    assert errors.keys() == marked.keys(), run
    for number, what in marked.items():
        assert REASONS[what] in errors[number]["espcap"]["error"]
    assert run.ledger["written"] == run.ledger["packets captured"] == len(documents), run
    assert f"; {len(marked)} quarantined;" in run.err, run
    assert f" {len(marked)} quarantined" in run.err.splitlines()[-1], run
    kept = sorted(quarantine.iterdir())
    assert len(kept) == len(marked)
    for path in kept:
        number = int(path.stem.rsplit("-", 1)[-1])
        shown = tshark("-r", path, "-T", "fields", "-e", "frame.len", "-e", "frame.comment", "-e", "eth.type")
        length, comment, ethertype = shown.rstrip("\n").split("\t")
        assert (length, ethertype) == ("60", "0x88b5") and REASONS[marked[number]] in comment
    return [document for document in documents if "error" not in document.get("espcap", {})]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "in an archive"])
def test_in_a_file_every_other_document_is_the_same(packed, capture, expected, preloaded, espcap, tshark, tmp_path):
    """And an error's document says what the record's header does, as libwireshark would."""
    path, marked = capture
    quarantine = tmp_path / "quarantine"
    quarantine.mkdir()
    if packed:
        path = zipped(path, tmp_path / "a.zip")
    run = espcap("--file", path, "--workers", "1", "--chunk", "7", *LIMITS, "--quarantine", quarantine, env=preloaded)
    assert run.code == 2
    others = check(run, marked, quarantine, tshark)
    assert all(kept.name.startswith("marked.pcap-") for kept in quarantine.iterdir())
    by_number = {d["layers"]["frame"]["frame_frame_number"]: d for d in expected}
    assert others == [d for number, d in by_number.items() if int(number) not in marked]
    for error in run.documents():
        if "error" not in error.get("espcap", {}):
            continue
        whole = by_number[error["layers"]["frame"]["frame_frame_number"]]
        assert error["timestamp"] == whole["timestamp"]
        assert error["layers"]["frame"].items() <= whole["layers"]["frame"].items()
        assert error["layers"].keys() == {"frame"}


@pytest.mark.parametrize("passes", [[], ["--two-pass"]], ids=["one pass", "two passes"])
def test_an_exception_costs_its_packet_and_says_what_it_was(passes, preloaded, espcap, tmp_path):
    """libwireshark is in the middle of a dissection then: the next one would end the process, and get the blame."""
    frames = ordinary_frames(5)
    path = written(tmp_path / "exception.pcap", [*frames[:2], marked_frame("x"), *frames[2:]])
    run = espcap("--file", path, "--workers", "1", *passes, env=preloaded)
    errors = [document for document in run.documents() if "error" in document.get("espcap", {})]
    assert [document["layers"]["frame"]["frame_frame_number"] for document in errors] == ["3"], run
    assert f"dissect {path}: packet 3: an exception that nobody catches" in run.err, run
    assert run.code == 2 and " 1 quarantined" in run.err.splitlines()[-1], run


@pytest.mark.parametrize("mode", ["pipe", "live"])
def test_in_a_stream_no_other_document_is_lost(mode, capture, expected, preloaded, start_espcap, network, tshark, tmp_path):
    path, marked = capture
    quarantine = tmp_path / "quarantine"
    quarantine.mkdir()
    arguments = ["--verbose", "--workers", "1", *LIMITS, "--quarantine", quarantine]
    if mode == "pipe":
        run = start_espcap("--file", "-", *arguments, "--metrics", "0", env=preloaded, stdin=subprocess.PIPE)
        pace = Pace(run)
        run.feed(path.read_bytes())
        run.end_input()
    else:
        run = start_espcap("--nic", "a0", *arguments, env=preloaded, before=network.command())
        pace = None  # its metrics are answered in its own network
        run.wait_for("capturing on")
        network.replay(path, "--pps", 2000)
        run.wait_for_lines(FRAMES)
        run.stop()
    assert run.wait() == 2
    if pace is not None:
        pace.assert_back_after_each()
    others = check(run, marked, quarantine, tshark)
    numbers = [int(d["layers"]["frame"]["frame_frame_number"]) for d in run.documents()]
    assert numbers == list(range(1, FRAMES + 1))
    whole = [d for d in expected if int(d["layers"]["frame"]["frame_frame_number"]) not in marked]
    assert [frame_layer(d, mode) for d in others] == [frame_layer(d, mode) for d in whole]
    # Each session after a death says so.
    sessions = [d.get("espcap", {}).get("session", 1) for d in others]
    assert sessions[0] == 1 and sessions == sorted(sessions) and sessions[-1] > len(marked)


def test_the_first_of_two_passes(capture, preloaded, espcap, tmp_path, tshark):
    path, marked = capture
    run = espcap("--file", path, "-2", "--chunk", "7", *LIMITS, "--quarantine", tmp_path, env=preloaded)
    check(run, marked, tmp_path, tshark)


@pytest.mark.parametrize("more", [["--shards", "2"], ["--filter", "tcp.len > 0"], ["--fields", "ip.src"], ["--typed", "--ecs"],
                                  ["--bpf", "not tcp port 1"]])
def test_an_error_passes_every_selection(more, preloaded, espcap, tmp_path):
    frames = ordinary_frames(100)
    frames[49] = marked_frame("c")
    path = written(tmp_path / "one.pcap", frames)
    run = espcap("--file", path, *more, "--format", "bulk", env=preloaded)
    documents = [json.loads(line) for line in run.lines()[1::2]]
    assert [d["layers"]["frame"]["frame_frame_number"] for d in documents if "espcap" in d] == [50 if "--typed" in more else "50"]
    ids = ids_of(run.out)
    assert [number for number in ids if number.endswith("-error")] == [ids[0].rsplit("-", 1)[0] + "-50-error"]
    assert "; 1 quarantined;" in run.err and "was kept" not in run.err, run


def test_a_frame_beyond_every_budget(preloaded, espcap, tmp_path):
    """Deaths have a rate: the 17th, the 33rd and the 41st killer ended a file once."""
    frames = [marked_frame("e") if number % 4 == 1 else frame for number, frame in enumerate(ordinary_frames(200))]
    run = espcap("--file", written(tmp_path / "many.pcap", frames), "--workers", "1", env=preloaded)
    assert run.ledger["written"] == 200 and "; 50 quarantined;" in run.err, run


def test_no_room_in_the_quarantine(preloaded, espcap, tmp_path):
    frames = ordinary_frames(20)
    frames[9] = marked_frame("c")
    path = written(tmp_path / "one.pcap", frames)
    kept = tmp_path / "kept"
    kept.mkdir()
    run = espcap("--file", path, "--quarantine", kept, "--quarantine-bytes", "1k", env=preloaded)
    assert "packet 10 is not kept: the quarantine is full" in run.err and run.ledger["written"] == 20, run
    assert not list(kept.iterdir())
    run = espcap("--file", path, "--quarantine", tmp_path / "none", env=preloaded)
    assert run.code == 1 and "--quarantine" in run.err and "No such file or directory" in run.err


def test_a_settled_capture_stays_so(preloaded, espcap, tmp_path):
    """Its documents are all there: it isn't taken again."""
    frames = ordinary_frames(20)
    frames[9] = marked_frame("c")
    path = written(tmp_path / "one.pcap", frames)
    arguments = ("--file", path, "--resume", tmp_path / "state", "--output", tmp_path / "out")
    assert espcap(*arguments, env=preloaded).ledger["written"] == 20
    again = espcap(*arguments, env=preloaded)
    assert "1 captures skipped" in again.err, again


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "in an archive"])
def test_its_file_stays(packed, preloaded, elasticsearch, espcap, tmp_path):
    """With --after: the quarantine has what nobody could dissect, and the capture the rest of its story."""
    frames = ordinary_frames(20)
    frames[9] = marked_frame("c")
    captures = tmp_path / "captures"
    captures.mkdir()
    path = written((tmp_path if packed else captures) / "one.pcap", frames)
    if packed:
        path = zipped(path, captures / "a.zip")
    shutil.copy(HTTP, captures)
    run = espcap("--dir", captures, "--after", "delete", "--resume", tmp_path / "state", *elasticsearch.options, env=preloaded)
    assert "; 1 quarantined;" in run.err and "files deleted or moved: 1, kept: 1" in run.err, run
    assert [left.name for left in captures.iterdir()] == [path.name]


def test_a_process_that_cannot_be_started_is_no_death(preloaded, espcap):
    start = time.monotonic()
    run = espcap("--file", HTTP, "--workers", "1", env={**preloaded, "ESPCAP_TEST_FAILED_FORKS": "3"})
    assert run.code == 0 and "died" not in run.err, run
    assert run.err.count("no process can be started: Resource temporarily unavailable; tried again") == 3
    assert time.monotonic() - start < bound(10)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "in an archive"])
def test_a_file_of_many_conversations_is_dissected_within_a_limit(packed, espcap, tmp_path):
    """Near it a fresh session goes on: no packet twice, none left out; documents say which session they are of."""
    def syn(number):
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40, 0, 0, 64, 6, 0, struct.pack(">I", 0x0A000000 + number), bytes([192, 0, 2, 80]))
        return bytes(12) + b"\x08\x00" + ip + struct.pack(">HHIIBBHHH", number & 0xFFFF, 80, number, 0, 0x50, 2, 65535, 0, 0)

    count = 1_000_000 if FULL else 50_000
    path = written(tmp_path / "syn.pcap", [syn(number) for number in range(count)])
    if packed:
        path = zipped(path, tmp_path / "a.zip")
    run = espcap("--file", path, "--workers", "1", "--verbose", "--fields", "frame.number", "--worker-memory", "400M" if FULL else "64M")
    assert run.code == 0 and run.ledger["written"] == count, run
    sessions = [document.get("espcap", {}).get("session", 1) for document in run.documents()]
    assert sessions == sorted(sessions)
    assert run.err.count("a fresh session continues") == sessions[-1] - 1 > 0
