# SPDX-License-Identifier: GPL-2.0-or-later
"""Pipes: sessions that are replaced, workers that die, packets that come slowly."""
import json
import subprocess
import time

import pytest
from project import TEST_PCAPS
from waiting import bound

HTTP = TEST_PCAPS / "http.pcap"


@pytest.fixture(scope="module")
def long_stream():
    data = HTTP.read_bytes()
    return data[:24] + data[24:] * 200


def frames(documents):
    """What the frame layers say, but for what depends on the dissection of earlier frames."""
    return [{key: value for key, value in document["layers"]["frame"].items()
             if key != "frame_frame_protocols"} for document in documents]


@pytest.mark.parametrize("limit", [["--session-packets", "10"], ["--session-bytes", "4k"],
                                   ["--session-packets", "1"]])
@pytest.mark.parametrize("more", [[], ["--filter", "tcp.len > 0"], ["--bpf", "tcp port 80"]])
def test_a_replaced_session_loses_and_repeats_no_frame(limit, more, espcap):
    run = espcap("--file", "-", *limit, *more, input=HTTP.read_bytes())
    assert run.code == 0, run
    whole = espcap("--file", HTTP, *more)
    assert frames(run.documents()) == frames(whole.documents())
    assert run.err.split(";")[0] == whole.err.split(";")[0]


def test_packets_are_numbered_on_for_people(espcap):
    run = espcap("--file", "-", "--format", "text", "--session-packets", "7",
                 input=HTTP.read_bytes())
    numbers = [line for line in run.out.decode().splitlines() if line.startswith("Packet no.")]
    assert numbers == [f"Packet no. {number}" for number in range(1, len(numbers) + 1)]
    assert len(numbers) == espcap("--file", HTTP).out.count(b"\n")


def test_a_session_is_replaced_by_its_resident_size(espcap, long_stream):
    """No process is that small: every thousand packets a new one takes over."""
    run = espcap("--file", "-", "--session-rss", "1M", "--verbose", input=long_stream)
    assert run.code == 0, run
    numbers = [frame["frame_frame_number"] for frame in frames(run.documents())]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert run.err.count("a fresh session continues") == len(numbers) // 1024


def test_a_killed_worker_on_a_pipe_is_replaced(start_espcap, tmp_path, espcap, long_stream):
    """The next one goes on with the frame after the last settled one."""
    run = start_espcap("--file", "-", output=tmp_path / "out", stdin=subprocess.PIPE)
    step = len(long_stream) // 3
    for third in range(2):
        run.feed(long_stream[third * step:(third + 1) * step])
        run.kill_worker_after_progress()
    run.feed(long_stream[2 * step:])
    run.end_input()
    assert run.wait() == 0, run
    assert run.err.count("its worker died; taken up again at packet") == 2, run
    numbers = [json.loads(line)["layers"]["frame"]["frame_frame_number"] for line in run.lines()]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert len(numbers) == 200 * espcap("--file", HTTP).out.count(b"\n")


def test_a_killed_reader_of_a_pipe_is_an_error(start_espcap, long_stream):
    """What it had not read is lost: said, exit 3."""
    run = start_espcap("--file", "-", "--output", "/dev/null", stdin=subprocess.PIPE)
    run.feed(long_stream[:100_000])
    run.kill_child("espcap-reader")
    assert run.wait() == 3, run
    run.end_input()
    assert "standard input: its reader died" in run.err


def test_a_quiet_pipe_shows_its_packets(start_espcap):
    """Not only when a batch is full: within two seconds."""
    run = start_espcap("--file", "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    data = HTTP.read_bytes()
    run.feed(data[:24] + data[24:] * 2)
    run.stdout.readline()
    start = time.monotonic()
    run.feed(data[24:] * 2)
    seen = 0
    while seen < 300:  # of 416: wiretap reads a pipe by whole blocks
        seen += run.stdout.readline() != b""
    assert time.monotonic() - start < bound(3)
    run.end_input()
    run.stdout.read()
    assert run.wait() == 0, run


@pytest.mark.parametrize("count", [1, 50])
def test_count_on_a_pipe(count, espcap):
    run = espcap("--file", "-", "--count", count, input=HTTP.read_bytes())
    assert run.code == 0, run
    assert len(run.documents()) == count


def test_a_pipe_beside_files(espcap, tmp_path):
    """In order, whatever the number of workers."""
    dns = TEST_PCAPS / "dns.pcap"
    for workers in ("1", "3"):
        run = espcap("--file", dns, "--file", "-", "--file", TEST_PCAPS / "icmp.pcap",
                     "--workers", workers, input=HTTP.read_bytes())
        assert run.code == 0, run
        assert run.out == b"".join(espcap("--file", path).out for path in
                                   (dns, HTTP, TEST_PCAPS / "icmp.pcap"))
