# SPDX-License-Identifier: GPL-2.0-or-later
"""--skip-duplicates: what is left is what `editcap -w` leaves, with the numbers it has in the capture."""
import os
import random
import re
import struct
import subprocess

import pytest
from documents import frame_numbers
from project import TEST_PCAPS

HTTP = TEST_PCAPS / "http.pcap"
HEADER = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1)  # nanoseconds, Ethernet
PACKETS = 1500


def records_of(data):
    """(time in ns, bytes) of each, of a pcap with nanoseconds."""
    offset = 24
    while offset < len(data):
        seconds, fraction, length, _ = struct.unpack_from("<IIII", data, offset)
        yield seconds * 10**9 + fraction, data[offset + 16:offset + 16 + length]
        offset += 16 + length


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory, seed):
    """Frames of some few, many of them twice; times mostly rise, by steps of all sizes."""
    draw = random.Random(seed)
    frames = [data for _, data in records_of(HTTP.read_bytes())][:40]
    frames += [frame[:-1] for frame in frames[:3]]
    now, body = 1_700_000_000 * 10**9, b""
    for _ in range(PACKETS):
        now += draw.choice([0, 1, 1000, 10**6, 10**8]) * draw.randint(0, 9)
        if draw.random() < 0.1:
            now -= draw.randint(0, 3 * 10**8)
        frame = frames[min(int(draw.expovariate(0.2)), len(frames) - 1)]
        body += struct.pack("<IIII", now // 10**9, now % 10**9, len(frame), len(frame)) + frame
    path = tmp_path_factory.mktemp("mirrored") / "mirrored.pcap"
    path.write_bytes(HEADER + body)
    return path


@pytest.fixture(scope="module")
def left_by_editcap(mirrored, tmp_path_factory):
    """left(window in seconds) → the records that editcap leaves."""

    def left(seconds):
        path = tmp_path_factory.mktemp("left") / "left.pcap"
        subprocess.run(["editcap", "-F", "nsecpcap", "-w", seconds, mirrored, path], check=True,
                       capture_output=True)
        return list(records_of(path.read_bytes()))

    return left


def assert_left(run, mirrored, left):
    assert run.code == 0, run
    every = list(records_of(mirrored.read_bytes()))
    assert [every[number - 1] for number in sorted(frame_numbers(run.documents()))] == left
    assert run.ledger == {"packets captured": PACKETS, "duplicates": PACKETS - len(left),
                          "written": len(left), "failed": 0}


@pytest.mark.parametrize("window, seconds", [("0", "0"), ("1us", "0.000001"), ("3ms", "0.003"),
                                             ("0.1", "0.1"), ("2s", "2"), ("10m", "600")])
def test_a_file_is_left_as_by_editcap(window, seconds, mirrored, left_by_editcap, espcap):
    left = left_by_editcap(seconds)
    assert 0 < len(left) < PACKETS
    run = espcap("--file", mirrored, "--fields", "frame.number", "--skip-duplicates", window)
    assert_left(run, mirrored, left)


@pytest.mark.parametrize("mode", [("--shards", "3"), ("-2",), ("--shards", "2", "-2"), ("--workers", "1")],
                         ids=" ".join)
def test_however_it_is_read(mode, mirrored, left_by_editcap, espcap):
    run = espcap("--file", mirrored, "--fields", "frame.number", "--skip-duplicates", "3ms", *mode)
    assert_left(run, mirrored, left_by_editcap("0.003"))


def test_so_is_a_pipe(mirrored, left_by_editcap, espcap):
    for more in ([], ["--session-packets", "100"]):
        run = espcap("--file", "-", "--fields", "frame.number", "--skip-duplicates", "3ms", *more,
                     input=mirrored.read_bytes())
        assert_left(run, mirrored, left_by_editcap("0.003"))


def test_workers_that_die_change_nothing(mirrored, left_by_editcap, start_espcap, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    run = start_espcap("--file", "pipe", "--fields", "frame.number", "--skip-duplicates", "3ms",
                       "--flush-interval", "50ms", output=tmp_path / "out")
    data = mirrored.read_bytes()
    with (tmp_path / "pipe").open("wb") as stream:
        for part in range(3):
            stream.write(data[len(data) * part // 3:len(data) * (part + 1) // 3])
            stream.flush()
            if part < 2:
                run.kill_worker_after_progress()
    assert run.wait() == 0, run
    assert_left(run, mirrored, left_by_editcap("0.003"))


def test_what_is_left_has_its_numbers_and_times(espcap, tmp_path):
    """As in the documents of the whole capture: also the time since the frame before."""
    records, body = [], b""
    for time_ns, data in records_of(HTTP.read_bytes()):
        micro = time_ns // 10**9 * 10**9 + time_ns % 10**9 * 1000  # that one has microseconds
        records += [(micro, data), (micro + 1000, data)]
    for time_ns, data in records:
        body += struct.pack("<IIII", time_ns // 10**9, time_ns % 10**9, len(data), len(data)) + data
    (tmp_path / "twice.pcap").write_bytes(HEADER + body)
    fields = ("--protocols", "frame,eth,ip")
    every = espcap("--file", tmp_path / "twice.pcap", *fields).documents()
    left = espcap("--file", tmp_path / "twice.pcap", *fields, "--skip-duplicates", "10us").documents()
    assert left == every[::2]
    bulk = ("--format", "bulk", "--skip-duplicates", "10us")
    ids = espcap("--file", tmp_path / "twice.pcap", "--format", "bulk").ids()
    assert espcap("--file", tmp_path / "twice.pcap", *bulk).ids() == ids[::2]


def test_other_frames_between_dont_hide_retransmissions(espcap):
    """What TCP sends again later is another frame's time: it stays."""
    every = espcap("--file", TEST_PCAPS / "tcp-loss.pcap")
    left = espcap("--file", TEST_PCAPS / "tcp-loss.pcap", "--skip-duplicates", "1us")
    assert left.out == every.out


def test_live_across_interfaces(network, live, espcap, tmp_path):
    """Each packet comes by both; --write keeps both."""
    raw = tmp_path / "raw.pcapng"
    run = live("--nic", "a0", "--nic", "a1", "--skip-duplicates", "60s", "--write", raw,
               "--stats-interval", "1s")
    sent = network.replay(HTTP, number=0) + network.replay(HTTP, number=1)
    run.wait_for_lines(104)
    run.wait_for("left out 104 duplicates; dissected 104")
    assert run.stop() == 0, run
    assert run.ledger["packets captured"] == sent
    assert run.ledger["duplicates"] == run.ledger["written"] == 104
    written = [str(path) for path in sorted(tmp_path.glob("raw*.pcapng"))]
    files = [word for path in written for word in ("--file", path)]
    assert espcap(*files, "--count", 1000).ledger["packets captured"] == sent


@pytest.mark.parametrize("window", ["-1", "soon", "1x", "1e30"])
def test_a_window_that_is_none(window, espcap):
    run = espcap("--file", HTTP, f"--skip-duplicates={window}")
    assert run.code == 1 and re.search("skip-duplicates", run.err), run
